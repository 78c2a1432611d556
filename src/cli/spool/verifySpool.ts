import type { SpooledChunk } from '../../spool/sessionContents.js';
import { checkSession } from '../../spool/spoolCheck.js';
import { framesOf } from '../../spool/spoolChunks.js';
import { spoolSessions } from '../../spool/spoolSessions.js';
import { spoolState } from '../../spool/spoolState.js';
import type { ExitCode } from '../exitCode.js';
import { jsonLine } from '../jsonLines.js';
import { count, size } from '../quantity.js';
import type { SpoolSettings } from '../spoolCommand.js';
import { spoolSetting } from './spoolSetting.js';

/** `epistream spool verify`: whether every byte is as it was written. 1 when one is not, or never came to be. */
export const verifySpool = async (settings: SpoolSettings): Promise<ExitCode> => {
  const { place } = spoolSetting(settings);
  const write = (text: string) => process.stdout.write(text);
  const total = { sessions: 0, chunks: 0, bytes: 0, damaged: 0, lost: 0 };
  for (const session of await spoolSessions(place)) {
    const { chunks, bytes, damage, lost } = await checkSession(place, session);
    const state = spoolState(session);
    const all = state === 'unreadable' ? [...damage, 'asked: nothing says what was asked of it'] : damage;
    total.sessions += 1;
    total.chunks += chunks;
    total.bytes += bytes;
    total.damaged += all.length;
    total.lost += framesOf(lost);
    if (settings.json)
      write(jsonLine({ event: 'session', id: session.id, state, chunks, bytes, damage: all, lost: placesOf(lost) }));
    else for (const line of [...all, ...lossOf(lost)]) write(`${session.id}: ${line}\n`);
  }
  if (settings.json) write(jsonLine({ event: 'verified', dir: place.root, ...total }));
  else
    write(
      `${count(total.sessions, 'session')}, ${count(total.chunks, 'chunk')}, ${size(total.bytes)}: ${verdictOf(total)}\n`,
    );
  return total.damaged + total.lost === 0 ? 0 : 1;
};

const placesOf = (lost: readonly SpooledChunk[]) =>
  lost.map(({ chunk: { index, items } }) => ({ chunk: index, frames: items }));

const lossOf = (lost: readonly SpooledChunk[]): readonly string[] =>
  lost.length === 0
    ? []
    : [
        `${count(framesOf(lost), 'frame')} lost, because its process died before they were on the disk (chunk ${lost.map(({ chunk }) => chunk.index).join(', ')})`,
      ];

const verdictOf = ({ damaged, lost }: { readonly damaged: number; readonly lost: number }): string =>
  [
    ...(damaged === 0 ? [] : [`${count(damaged, 'part')} damaged`]),
    ...(lost === 0 ? [] : [`${count(lost, 'frame')} lost`]),
  ].join(', ') || 'all as written';
