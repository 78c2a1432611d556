import { SpoolError } from '../model/errors.js';
import type { SessionId } from '../model/identifiers.js';
import { type FoundSession, readSession } from './readSession.js';
import { setAside } from './setAside.js';
import { goneIdOf, isSessionId, type SpoolPlace, sessionIn, sessionsIn } from './spoolPlace.js';

/** A session as a spool has it at the moment. */
export interface SpooledSession extends FoundSession {
  readonly id: SessionId;
  /** A living process has it. */
  readonly isRunning: boolean;
  /** Names of what was damaged and is kept apart in its directory. */
  readonly setAside: readonly string[];
}

/** The sessions of a spool, oldest first; nothing is changed. A spool that is not there has none. */
export const spoolSessions = async (place: SpoolPlace): Promise<readonly SpooledSession[]> => {
  const sessions: SpooledSession[] = [];
  for (const name of await namesIn(place)) {
    const session = isSessionId(name) ? await spoolSession(place, name) : undefined;
    if (session !== undefined) sessions.push(session);
  }
  return sessions.sort((one, other) => (one.contents.startedAt ?? 0) - (other.contents.startedAt ?? 0));
};

/** One session, or nothing when it has been delivered in the meantime. */
export const spoolSession = async (place: SpoolPlace, id: SessionId): Promise<SpooledSession | undefined> => {
  const isRunning = await isLocked(place, id);
  try {
    return {
      id,
      isRunning,
      setAside: await setAside(place.disk, sessionIn(place.root, id)),
      ...(await readSession(place, id)),
    };
  } catch (error) {
    const names = await namesIn(place);
    if (!names.includes(id)) return undefined;
    throw new SpoolError(sessionIn(place.root, id), `cannot be read (${(error as Error).message})`, { cause: error });
  }
};

/** Directories of sessions whose removal was cut short. */
export const spoolLeftovers = async (place: SpoolPlace): Promise<readonly string[]> =>
  (await namesIn(place)).filter((name) => goneIdOf(name) !== undefined);

/** Taken and given back at once: whoever looks for sessions without an owner meanwhile looks again soon. */
const isLocked = async ({ lock, root }: SpoolPlace, id: SessionId): Promise<boolean> => {
  const release = await lock(sessionsIn(root), id);
  await release?.();
  return release === undefined;
};

/** The directories beside each other in `sessions`; links are none. */
const namesIn = async ({ disk, root }: SpoolPlace): Promise<readonly string[]> => {
  try {
    await disk.list(root); // refuses a link in the spool's place
    const entries = await disk.list(sessionsIn(root));
    return entries.flatMap(({ name, kind }) => (kind === 'directory' ? name : []));
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return [];
    throw new SpoolError(root, `is no spool that can be read (${(error as Error).message})`, { cause: error });
  }
};
