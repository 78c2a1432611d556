import { InputError } from '../../model/errors.js';

/** Where a broker is, and who we are there. */
export interface BrokerAddress {
  /** Without user name and password. */
  readonly url: string;
  /** How it is called in errors and warnings. */
  readonly name: string;
  readonly username?: string;
  readonly password?: string;
}

const protocols = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];
const rule = `must be an address such as mqtt://broker:1883 (${protocols.join(', ')})`;

/**
 * Takes user name and password out of a URL. Throws an `InputError`, which does not repeat the URL, for what is no broker's.
 *
 * @internal
 */
export const brokerAddress = (url: string): BrokerAddress => {
  try {
    const parsed = new URL(url);
    if (protocols.includes(parsed.protocol) && parsed.hostname !== '') return partsOf(parsed);
  } catch {
    // Neither the URL nor what is wrong with it may be said: a password may be in both.
  }
  throw new InputError('url', typeof url === 'string' ? 'none' : url, rule);
};

const partsOf = (url: URL): BrokerAddress => {
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = '';
  url.password = '';
  return {
    url: url.href,
    name: `${url.protocol}//${url.host}`,
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
  };
};
