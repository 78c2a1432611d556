import { join } from 'node:path';
import type { Disk } from '../files/disk.js';
import type { Lock } from '../files/lock.js';
import type { Clock } from '../flow/clock.js';

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
