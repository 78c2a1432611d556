import { createHash } from 'node:crypto';

/**
 * Whose a session is: it is delivered to this platform, and to no other organisation on it.
 *
 * A stream that is on the platform tells by itself whose it is: a key of another organisation gets a 404 for it. One that is not
 * there yet must not land at another organisation: it is taken over with the same key, or when its user says so.
 */
export interface Owner {
  readonly endpoint: string;
  /** Tells two keys apart and gives neither away: of this session's key, when that is a constant. */
  readonly keyPrint?: string;
}

/** A print of a key that is good for one session: the same key gives another print in the next. */
export const keyPrintOf = (key: string, session: string): string =>
  createHash('sha256').update(`epistream ${session} ${key}`).digest('hex').slice(0, 16);

/** Whether one owner may deliver what another left. */
export const mayDeliver = (us: Owner, then: Owner, hasStream: boolean): boolean =>
  us.endpoint === then.endpoint && (hasStream || us.keyPrint === then.keyPrint);
