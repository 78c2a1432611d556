import type { StreamKind } from '../../model/asked.js';
import { checkSession } from '../../spool/spoolCheck.js';
import { itemsOf } from '../../spool/spoolChunks.js';
import type { SpooledChunk } from '../../spool/spooledChunk.js';
import { spoolSessions } from '../../spool/spoolSessions.js';
import { spoolState } from '../../spool/spoolState.js';
import { chunkText } from '../chunkText.js';
import type { ExitCode } from '../exitCode.js';
import { itemNoun } from '../itemNoun.js';
import { jsonLine } from '../jsonLines.js';
import { count, size } from '../quantity.js';
import type { SpoolSettings } from '../spoolCommand.js';
import { lostText } from './lostText.js';
import { spoolSetting } from './spoolSetting.js';

/** `epistream spool verify`: whether every byte is as it was written. 1 when one is not, or never came to be. */
export const verifySpool = async (settings: SpoolSettings): Promise<ExitCode> => {
  const { place } = spoolSetting(settings);
  const write = (text: string) => process.stdout.write(text);
  const total = { sessions: 0, chunks: 0, bytes: 0, damaged: 0, lost: 0 };
  const losses: Loss[] = [];
  for (const session of await spoolSessions(place)) {
    const { chunks, bytes, damage, lost } = await checkSession(place, session);
    const state = spoolState(session);
    const all = state === 'unreadable' ? [...damage, 'asked: nothing says what was asked of it'] : damage;
    total.sessions += 1;
    total.chunks += chunks;
    total.bytes += bytes;
    total.damaged += all.length;
    total.lost += itemsOf(lost);
    const { kind } = session.contents.report;
    losses.push({ kind, items: itemsOf(lost) });
    if (settings.json)
      write(
        jsonLine({ event: 'session', id: session.id, state, chunks, bytes, damage: all, lost: placesOf(kind, lost) }),
      );
    else for (const line of [...all, ...lossOf(kind, lost)]) write(`${session.id}: ${line}\n`);
  }
  if (settings.json) write(jsonLine({ event: 'verified', dir: place.root, ...total }));
  else
    write(
      `${count(total.sessions, 'session')}, ${count(total.chunks, 'chunk')}, ${size(total.bytes)}: ${verdictOf(total.damaged, losses)}\n`,
    );
  return total.damaged + total.lost === 0 ? 0 : 1;
};

interface Loss {
  readonly kind: StreamKind;
  readonly items: number;
}

const placesOf = (kind: StreamKind, lost: readonly SpooledChunk[]) =>
  lost.map(({ chunk: { index, channel, items } }) => ({
    chunk: index,
    ...(channel === undefined ? {} : { channel }),
    [`${itemNoun({ kind })}s`]: items,
  }));

const lossOf = (kind: StreamKind, lost: readonly SpooledChunk[]): readonly string[] =>
  lostText([{ kind, items: itemsOf(lost) }]).map(
    (text) =>
      `${text}, because its process died before they were on the disk (${lost.map(({ chunk }) => chunkText(chunk)).join(', ')})`,
  );

const verdictOf = (damaged: number, losses: readonly Loss[]): string =>
  [...(damaged === 0 ? [] : [`${count(damaged, 'part')} damaged`]), ...lostText(losses)].join(', ') || 'all as written';
