import { createHash } from 'node:crypto';

/** Whose a session is: it is delivered to this platform, and to no other organisation on it. */
export interface Owner {
  readonly endpoint: string;
  /** Tells two keys apart and gives neither away: of this session's key, when that is a constant. */
  readonly keyPrint?: string;
}

/** A print of a key that is good for one session: the same key gives another print in the next. */
export const keyPrintOf = (key: string, session: string): string =>
  createHash('sha256').update(`epistream ${session} ${key}`).digest('hex').slice(0, 16);

/**
 * Whether one owner may deliver what the other's process left. A stream that is on the platform tells by itself whose it is: a key
 * of another organisation gets a 404 for it. One that is not there yet must not land at another organisation.
 */
export const mayDeliver = (now: Owner, then: Owner, hasStream: boolean): boolean =>
  now.endpoint === then.endpoint && (hasStream || now.keyPrint === then.keyPrint);
