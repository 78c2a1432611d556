import { spoolSessions } from '../../spool/spoolSessions.js';
import type { SpoolState } from '../../spool/spoolState.js';
import { itemNoun } from '../itemNoun.js';
import { count, them } from '../quantity.js';
import { type SessionRow, sessionRow } from './sessionRow.js';
import type { SpoolSetting } from './spoolSetting.js';

/** A session of this command's platform that is not finished, and why. */
export interface Left {
  readonly id: string;
  readonly state: SpoolState;
  readonly reason: string;
}

/** What a spool still keeps. */
export interface Kept {
  /** For this command's platform. */
  readonly left: readonly Left[];
  /** Sessions of others, which it leaves alone. */
  readonly others: number;
}

/** Looks through a spool for what is not finished. */
export const leftIn = async ({ place, ownerOf }: SpoolSetting): Promise<Kept> => {
  const rows = (await spoolSessions(place)).map((session) => sessionRow(session, ownerOf));
  const kept = rows.filter(({ state }) => state !== 'finished' && state !== 'empty');
  const left = kept.filter(({ whose }) => whose !== 'another platform');
  return {
    left: left.map((row) => ({ id: row.id, state: row.state, reason: reasonOf(row) })),
    others: kept.length - left.length,
  };
};

const reasonOf = (row: SessionRow): string => {
  const { id, state, whose, undelivered, rejected, lost, problem } = row;
  const noun = itemNoun(row);
  switch (state) {
    case 'running':
      return 'another process has it';
    case 'refused':
      return `the platform refused ${count(rejected, noun)}: epistream spool export ${id} --out DIR writes ${them(rejected)} out, epistream spool retry ${id} sends ${them(rejected)} again`;
    case 'unreadable':
    case 'damaged':
      return 'it is damaged: epistream spool verify tells where';
    case 'future':
      return 'a later version of epistream wrote it: use that one';
    default:
      break;
  }
  if (whose === 'another key')
    return `it was made with another key: epistream spool retry ${id} --adopt takes it under this one`;
  const why = problem === undefined ? '' : `: ${problem}`;
  const how = row.isStreamOver ? `; its stream is over: epistream spool retry ${id} continues it in another` : '';
  const gone = lost === 0 ? '' : `, ${count(lost, noun)} lost`;
  return `${count(undelivered, noun)} undelivered${gone}${why}${how}`;
};
