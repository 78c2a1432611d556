import type { SpooledSession } from './spoolSessions.js';

/**
 * What has become of a session: a process has it (`running`); it can be taken over (`waiting`); all that is left of it was refused by
 * the platform (`refused`) or is what damage left (`damaged`); nothing is left to do (`finished`) or was ever done (`empty`); what was asked cannot be read
 * (`unreadable`), or only by a later version (`future`).
 */
export type SpoolState = 'running' | 'waiting' | 'refused' | 'damaged' | 'finished' | 'empty' | 'unreadable' | 'future';

export const spoolState = (session: SpooledSession): SpoolState => {
  const { asked, stream, report, undelivered, deadLetters, mayBeOrphaned, isClosed, isDone } = session.contents;
  if (session.isFuture) return 'future';
  if (session.isRunning) return 'running';
  const isDamaged = session.damage.length + session.setAside.length + session.unreadable.length > 0;
  const isUnused = report.offered === 0 && stream === undefined && !mayBeOrphaned;
  if (isUnused && !isDamaged) return 'empty';
  if (asked === undefined) return 'unreadable';
  if (isDone || isUnused) return isDamaged ? 'damaged' : 'finished';
  return isClosed && undelivered.size === 0 && deadLetters.size > 0 ? 'refused' : 'waiting';
};
