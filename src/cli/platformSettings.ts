import { isOnThisComputer } from '../ingest/endpoint.js';
import type { SpoolOptions } from '../model/spoolOptions.js';

/** The options that say which platform is meant, and where what it does not have yet is kept. */
export interface PlatformFlags {
  readonly endpoint?: string;
  readonly key?: string;
  /** A folder; `false` for none. */
  readonly spool?: string | false;
}

/** What `connect` is given. */
export interface PlatformSettings {
  readonly endpoint?: string;
  readonly apiKey?: string;
  readonly spool?: SpoolOptions | false;
}

/** What is sent in place of a key when none was given. */
export const ANY_KEY = 'local';

/** Flags in `connect`'s terms; the environment speaks where they do not, and there `connect` listens to it itself. */
export const platformSettings = (flags: PlatformFlags, env: NodeJS.ProcessEnv = process.env): PlatformSettings => {
  const { endpoint, spool } = flags;
  const apiKey = keyGiven(flags, env);
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(spool === undefined ? {} : { spool: spool === false ? false : { dir: spool } }),
  };
};

/** The key that `connect` will take; empty when there is none. */
export const keyOf = (flags: PlatformFlags, env: NodeJS.ProcessEnv): string =>
  keyGiven(flags, env) ?? env.AS_API_KEY ?? '';

/** A platform on this computer that was given no key takes any; everybody else has to be given theirs. */
const keyGiven = ({ key, endpoint }: PlatformFlags, env: NodeJS.ProcessEnv): string | undefined => {
  if (key !== undefined || env.AS_API_KEY) return key;
  return isOnThisComputer(endpoint ?? env.AS_API_ENDPOINT ?? '') ? ANY_KEY : undefined;
};
