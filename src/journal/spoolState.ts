import type { SpooledSession } from './spoolSessions.js';

/**
 * What has become of a session: a process has it (`running`); it can be taken over (`waiting`); all that is left of it was refused by
 * the platform (`refused`) or is what damage left (`damaged`); nothing is left to do (`finished`) or was ever done (`empty`); what was asked cannot be read
 * (`unreadable`), or only by a later version (`future`).
 */
export type SpoolState = 'running' | 'waiting' | 'refused' | 'damaged' | 'finished' | 'empty' | 'unreadable' | 'future';

export const spoolState = ({ isRunning, isFuture, contents, damage, setAside }: SpooledSession): SpoolState => {
  const { asked, stream, report, undelivered, deadLetters, mayBeOrphaned } = contents;
  if (isFuture) return 'future';
  if (isRunning) return 'running';
  const isBlank =
    report.offered === 0 && stream === undefined && !mayBeOrphaned && damage.length + setAside.length === 0;
  if (asked === undefined) return isBlank ? 'empty' : 'unreadable';
  if (contents.isDone) return damage.length + setAside.length > 0 ? 'damaged' : 'finished';
  if (isBlank) return 'empty';
  return contents.isClosed && undelivered.size === 0 && deadLetters.size > 0 ? 'refused' : 'waiting';
};
