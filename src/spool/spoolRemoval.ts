import { join } from 'node:path';
import { SpoolError } from '../model/errors.js';
import type { SessionId } from '../model/identifiers.js';
import { removeSession } from './removeSession.js';
import { type SpoolPlace, sessionIn, sessionsIn } from './spoolPlace.js';
import { type SpooledSession, spoolSession } from './spoolSessions.js';

/**
 * Removes a session that nobody has, with all that is in it. It is given the name of what is on its way out first: a crash leaves it
 * whole or gone, and what is half removed is never read again.
 *
 * @param isWanted asked again, of the session as it is once nobody else can have it: another process may have gone on with it.
 * @throws SpoolError when a process has it, or it is no longer as wanted.
 */
export const removeFromSpool = async (
  place: SpoolPlace,
  id: SessionId,
  isWanted: (session: SpooledSession) => boolean,
): Promise<void> => {
  const { lock, root } = place;
  const path = sessionIn(root, id);
  const release = await lock(sessionsIn(root), id);
  if (release === undefined) throw new SpoolError(path, 'belongs to a running process');
  try {
    const session = await spoolSession(place, id);
    if (session === undefined) return; // delivered and gone
    if (!isWanted({ ...session, isRunning: false })) throw new SpoolError(path, 'has changed in the meantime');
    await removeSession(place, id);
  } finally {
    await release();
  }
};

/** Finishes the removals that were cut short. */
export const removeLeftover = async ({ disk, root }: SpoolPlace, name: string): Promise<void> => {
  await disk.syncDirectory(sessionsIn(root)); // its name may be one that nobody has synced yet
  await disk.removeTree(join(sessionsIn(root), name));
};
