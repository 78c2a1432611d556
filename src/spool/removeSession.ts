import { goneIn, type SpoolPlace, sessionIn, sessionsIn } from './spoolPlace.js';

/** Removes a session's directory. It goes in one step, whatever happens to the rest of the work. */
export const removeSession = async (place: SpoolPlace, id: string): Promise<void> => {
  await place.disk.rename(sessionIn(place.root, id), goneIn(place.root, id));
  await removeGone(place, id);
};

/** Finishes a removal, also one that was cut short: whoever gave the session its last name may have died before that was synced. */
export const removeGone = async ({ disk, root }: SpoolPlace, id: string): Promise<void> => {
  await disk.syncDirectory(sessionsIn(root)); // or a power cut might bring it back, without what is removed next
  await disk.removeTree(goneIn(root, id));
};
