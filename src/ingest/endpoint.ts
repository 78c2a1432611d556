import { InputError } from '../model/errors.js';

const RULE = 'must be an http(s) URL without user, query or fragment';

/** The platform's base URL without a slash at its end; a path in it is kept. Throws an `InputError`. */
export const checkEndpoint = (endpoint: string): string => {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new InputError('endpoint', endpoint, RULE);
  // What stands there may be a password, so it is not shown.
  if (url.username || url.password || url.search || url.hash) throw new InputError('endpoint', url.origin, RULE);
  return url.origin + url.pathname.replace(/\/+$/, '');
};

/** Whether an endpoint is a platform on this computer. */
export const isOnThisComputer = (endpoint: string): boolean =>
  URL.canParse(endpoint) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(endpoint).hostname);

/** Whether what is sent to this endpoint can be read on the way. */
export const isExposed = (endpoint: string): boolean =>
  new URL(endpoint).protocol === 'http:' && !isOnThisComputer(endpoint);
