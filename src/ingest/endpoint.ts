import { InputError } from '../model/errors.js';

const RULE = 'must be an http(s) URL without user, query or fragment';

/** The platform's base URL without a slash at its end; a path in it is kept. Throws an `InputError`. */
export const checkEndpoint = (endpoint: string): string => {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isHttp = url !== undefined && /^https?:$/.test(url.protocol);
  if (!isHttp || url.username || url.password || url.search || url.hash)
    throw new InputError('endpoint', withoutSecrets(endpoint), RULE);
  return url.origin + url.pathname.replace(/\/+$/, '');
};

/** What stands before an `@` or in a query may be a password, so it is not shown. */
const withoutSecrets = (endpoint: unknown): string => `${endpoint}`.replace(/^.*@/s, '…@').replace(/[?#].*/s, '?…');

/** Whether an endpoint is a platform on this computer. */
export const isOnThisComputer = (endpoint: string): boolean =>
  URL.canParse(endpoint) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(endpoint).hostname);

/** Whether what is sent to this endpoint can be read on the way. */
export const isExposed = (endpoint: string): boolean =>
  new URL(endpoint).protocol === 'http:' && !isOnThisComputer(endpoint);
