import { join } from 'node:path';
import type { Disk } from '../files/disk.js';
import type { Lock } from '../files/lock.js';
import type { Clock } from '../flow/clock.js';
import type { SessionId } from '../model/identifiers.js';

/** Where a spool is, and with what it is written. */
export interface SpoolPlace {
  readonly root: string;
  readonly disk: Disk;
  readonly lock: Lock;
  readonly clock: Clock;
}

/** The directory of all sessions. */
export const sessionsIn = (root: string): string => join(root, 'sessions');

/** The directory of one session. */
export const sessionIn = (root: string, id: string): string => join(sessionsIn(root), id);

/** A session on its way out has this name: what carries it is never read again. */
export const goneIn = (root: string, id: string): string => join(sessionsIn(root), `.${id}.gone`);

/** Whether a name is that of a session's directory; what else is there is somebody's. */
export const isSessionId = (name: string): name is SessionId => SESSION.test(name);

/** The session on its way out that has this name; nothing for any other. */
export const goneIdOf = (name: string): string | undefined => GONE.exec(name)?.[1];

const SESSION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const GONE = /^\.([0-9a-f-]{36})\.gone$/;
