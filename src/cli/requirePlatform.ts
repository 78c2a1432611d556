import { DEFAULT_ENDPOINT } from '../connect.js';
import { checkEndpoint } from '../ingest/endpoint.js';
import { endpointOf } from './endpointOf.js';
import type { PlatformSettings } from './platformSettings.js';
import { UsageError } from './usageError.js';

type Named = Pick<PlatformSettings, 'endpoint' | 'apiKey'>;

/** Whether anybody has said which platform is meant: by its endpoint, or by a key, which is one for the default. */
export const isPlatformNamed = ({ endpoint, apiKey }: Named, env: NodeJS.ProcessEnv = process.env): boolean =>
  endpoint !== undefined || apiKey !== undefined || Boolean(env.AS_API_ENDPOINT || env.AS_API_KEY);

/** Throws for an endpoint that is none before anybody asks for its key, and a `UsageError` when no platform is named. */
export const requirePlatform = (settings: Named, env: NodeJS.ProcessEnv = process.env): void => {
  if (!isPlatformNamed(settings, env)) throw new UsageError(NONE);
  const { endpoint } = settings;
  checkEndpoint(endpointOf(endpoint === undefined ? {} : { endpoint }, env));
};

const NONE = `no platform is named: give --endpoint (http://127.0.0.1:4100 for a local one), or put a key for ${DEFAULT_ENDPOINT} into AS_API_KEY`;
