import { DEFAULT_ENDPOINT } from '../connect.js';
import type { PlatformFlags } from './platformSettings.js';

/** The endpoint that `connect` will take. */
export const endpointOf = ({ endpoint }: PlatformFlags, env: NodeJS.ProcessEnv): string =>
  endpoint ?? (env.AS_API_ENDPOINT || DEFAULT_ENDPOINT);
