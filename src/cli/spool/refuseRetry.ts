import { SpoolError } from '../../model/errors.js';
import { sessionIn } from '../../spool/spoolPlace.js';
import type { SpooledSession } from '../../spool/spoolSessions.js';
import { quoted } from '../resumeCommand.js';
import { type SessionRow, sessionRow } from './sessionRow.js';
import type { SpoolSetting } from './spoolSetting.js';

/** Throws a `SpoolError` for a session that cannot be sent again as it was asked. */
export const refuseRetry = (session: SpooledSession, { place, ownerOf }: SpoolSetting, adopt: boolean): void => {
  const reason = reasonAgainst(sessionRow(session, ownerOf), adopt);
  if (reason !== undefined) throw new SpoolError(sessionIn(place.root, session.id), reason);
};

const reasonAgainst = ({ state, whose, endpoint = '' }: SessionRow, adopt: boolean): string | undefined => {
  switch (state) {
    case 'running':
      return 'belongs to a running process, which is delivering it';
    case 'future':
      return 'was written by a later version of epistream: use that one';
    case 'unreadable':
      return 'no longer tells what was asked of it, or for which platform';
    case 'finished':
    case 'empty':
    case 'damaged':
      return 'has nothing to send';
    default:
      break;
  }
  if (whose === 'unknown') return 'no longer tells for which platform it is';
  if (whose === 'another platform') return `is for another platform: give --endpoint ${quoted(endpoint)}`;
  return whose === 'another key' && !adopt ? 'was made with another key: --adopt takes it under this one' : undefined;
};
