import type { SpooledSession } from '../../spool/spoolSessions.js';
import { printable } from '../printable.js';
import { UsageError } from '../usageError.js';

/** The session that is meant by an id, the beginning of one, or the name of a stream. Throws a `UsageError` for none and for several. */
export const findSession = (root: string, sessions: readonly SpooledSession[], text: string): SpooledSession => {
  const found = sessions.filter(({ id }) => id === text);
  if (found.length === 0) found.push(...sessions.filter((session) => isMeant(session, text)));
  const [session, ...others] = found;
  const quoted = JSON.stringify(printable(text));
  if (session === undefined)
    throw new UsageError(`${root} has no session ${quoted}: epistream spool ls names those it has`);
  if (others.length > 0)
    throw new UsageError(`${root} has ${found.length} sessions ${quoted}: ${found.map(({ id }) => id).join(', ')}`);
  return session;
};

const isMeant = ({ id, contents }: SpooledSession, text: string): boolean =>
  text !== '' && (id.startsWith(text.toLowerCase()) || contents.asked?.options.streamName?.trim() === text.trim());
