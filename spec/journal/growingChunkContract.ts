import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import type { Pending, SessionJournal } from '../../src/journal/sessionJournal.js';
import type { ChunkRef } from '../../src/model/chunkRef.js';
import type { EncodedChunk } from '../../src/model/encodedChunk.js';
import type { DataId } from '../../src/model/identifiers.js';
import type { SessionRecord } from '../../src/model/sessionEvent.js';

export const askedPoints = { kind: 'timeseries', options: { pointsPerChunk: 10, flushAfterMs: 1000 } } as const;
const to = 'stream-1' as DataId;
const problem = { tag: 'IngestError', message: 'send: answered 422', status: 422 };

/** A revision of a chunk of a channel (`''`: of rows). */
export const revision = (channel: string, index: number, revision: number, items: number): ChunkRef => ({
  index,
  revision,
  items,
  ...(channel === '' ? {} : { channel }),
});

/** What a revision adds: a line of text, lent. */
const added = ({ channel = '', index, revision, items }: ChunkRef): EncodedChunk => {
  const bytes = Buffer.from(`${channel}/${index}:${revision} has ${items}\n`);
  return {
    parts: [bytes.subarray(0, 3), bytes.subarray(3)],
    byteLength: bytes.byteLength,
    dims: [items],
    release: () => bytes.fill(0xa5),
  };
};

/** Accepts points at the second of their index, and has them kept. */
export const addTo = (journal: SessionJournal, chunk: ChunkRef) => {
  journal.append({ type: 'accepted', chunk, time: { startMs: 1000 * chunk.index, timeBase: 'host' } });
  return journal.keep(chunk, added(chunk));
};

export const delivered = (chunk: ChunkRef): SessionRecord => ({ type: 'delivered', chunk, to, as: chunk.index });
const rejected = (chunk: ChunkRef): SessionRecord => ({ type: 'rejected', chunk, problem });

/** Its lines, and how many points they claim to have. */
export const linesOf = async ({ body }: Pending): Promise<readonly [string[], number | undefined]> => {
  const { parts, byteLength, dims, release } = await firstValueFrom(body());
  const bytes = Buffer.concat(parts);
  expect(bytes.byteLength).toBe(byteLength);
  release();
  return [bytes.toString().trimEnd().split('\n'), dims[0]];
};

const handed = (journal: SessionJournal, count: number): Promise<Pending[]> =>
  firstValueFrom(journal.pending$.pipe(take(count), toArray()));

const waiting = (journal: SessionJournal) =>
  journal.undelivered().map(({ chunk: { channel, index, revision, items } }) => [channel, index, revision, items]);

/** What every `SessionJournal` of a session of channels owes to those who use it. */
export const growingChunkContract = (name: string, make: (wallMs?: () => number) => SessionJournal): void => {
  const ga = (number: number, items: number, index = 0) => revision('Ga', index, number, items);

  describe(`${name} of points`, () => {
    it('hands out each revision with the points that it adds, and the bytes of all up to it', async () => {
      const journal = make();
      const pending = handed(journal, 3);
      for (const [number, items] of [2, 1, 3].entries()) addTo(journal, ga(number, items));
      const all = await pending;
      expect(all.map(({ chunk }) => chunk)).toEqual([ga(0, 2), ga(1, 1), ga(2, 3)]);
      expect(all.map(({ time }) => time.startMs)).toEqual([0, 0, 0]);
      expect(await Promise.all(all.map(linesOf))).toEqual([
        [['Ga/0:0 has 2'], 2],
        [['Ga/0:0 has 2', 'Ga/0:1 has 1'], 3],
        [['Ga/0:0 has 2', 'Ga/0:1 has 1', 'Ga/0:2 has 3'], 6],
      ]);
    });

    it('hands out what was there before once a chunk, with all its undelivered points', async () => {
      const journal = make();
      const kept = handed(journal, 4);
      for (const chunk of [ga(0, 2), revision('As', 0, 0, 5), ga(1, 1), revision('', 0, 0, 4)]) addTo(journal, chunk);
      await kept;
      const later = await handed(journal, 3);
      expect(later.map(({ chunk }) => chunk)).toEqual([ga(1, 3), revision('As', 0, 0, 5), revision('', 0, 0, 4)]);
      expect((await linesOf(later[0]!))[0]).toEqual(['Ga/0:0 has 2', 'Ga/0:1 has 1']);
    });

    it('has what came during an attempt left over, and sends a chunk whole until the next of its channel', async () => {
      let now = 100;
      const journal = make(() => now);
      const pending = handed(journal, 4);
      const [first, three] = [handed(journal, 1), handed(journal, 3)];
      addTo(journal, ga(0, 2));
      await first;
      now = 200;
      addTo(journal, ga(1, 1));
      addTo(journal, revision('As', 0, 0, 5));
      journal.append(delivered(ga(0, 2)));
      expect(waiting(journal)).toEqual(
        expect.arrayContaining([
          ['Ga', 0, 1, 1],
          ['As', 0, 0, 5],
        ]),
      );
      expect(journal.backlog()).toEqual({ chunks: 2, oldestAcceptedAt: 200 });
      expect(journal.report()).toMatchObject({ offered: 8, delivered: 2, kept: 6 });
      await three;
      journal.append(delivered(ga(1, 1)));
      expect(waiting(journal)).toEqual([['As', 0, 0, 5]]);
      now = 300;
      addTo(journal, ga(2, 4));
      const last = (await pending)[3]!;
      expect(last.chunk).toEqual(ga(2, 4));
      expect(await linesOf(last)).toEqual([['Ga/0:0 has 2', 'Ga/0:1 has 1', 'Ga/0:2 has 4'], 7]);
      expect(journal.undelivered().map(({ acceptedAt }) => acceptedAt)).toEqual([200, 300]);
    });

    it('gives back what it was charged for when a revision has its fate, one in flight among others', async () => {
      const journal = make();
      const free: number[] = [];
      const pending = handed(journal, 3);
      for (const number of [0, 1, 2]) addTo(journal, ga(number, 1)).subscribe({ complete: () => free.push(number) });
      await pending;
      journal.append(delivered(ga(1, 2)));
      await new Promise(setImmediate);
      expect(free.slice(0, 2)).toEqual([0, 1]);
      journal.append(delivered(ga(2, 1)));
      expect(free).toEqual([0, 1, 2]);
    });

    it('has a dead letter that grows: with more points all of it is sent again', async () => {
      const journal = make();
      const first = handed(journal, 1);
      addTo(journal, ga(0, 2));
      await first;
      journal.append(rejected(ga(0, 2)));
      expect(waiting(journal)).toEqual([]);
      const more = handed(journal, 1);
      addTo(journal, ga(1, 3));
      expect((await more).map(({ chunk }) => chunk)).toEqual([ga(1, 3)]);
      expect(journal.report()).toMatchObject({ offered: 5, rejected: 2, kept: 3, deadLetters: [{ chunk: ga(0, 2) }] });
      journal.append({ type: 'retried', chunk: ga(0, 2) });
      expect(waiting(journal)).toEqual([['Ga', 0, 1, 5]]);
      const [again] = await handed(journal, 1);
      expect((await linesOf(again!))[0]).toEqual(['Ga/0:0 has 2', 'Ga/0:1 has 3']);
      journal.append(rejected(ga(1, 5)));
      expect(journal.report()).toMatchObject({ rejected: 5, kept: 0, deadLetters: [{ chunk: ga(1, 5) }] });
      journal.append({ type: 'retried', chunk: ga(1, 5) });
      journal.append(delivered(ga(1, 5)));
      expect(journal.report()).toMatchObject({ delivered: 5, rejected: 0, kept: 0, deadLetters: [] });
      expect(journal.undelivered()).toEqual([]);
    });

    it('loses all of a chunk that has no fate, what is not kept yet included', async () => {
      const journal = make();
      const pending = handed(journal, 2);
      addTo(journal, ga(0, 2));
      addTo(journal, ga(1, 3));
      await pending;
      journal.append(delivered(ga(0, 2)));
      journal.append({ type: 'accepted', chunk: ga(2, 4), time: { startMs: 0, timeBase: 'host' } });
      expect(journal.undelivered().map(({ chunk, isKept }) => [chunk, isKept])).toEqual([
        [ga(1, 3), true],
        [ga(2, 4), false],
      ]);
      for (const { chunk } of journal.undelivered()) journal.append({ type: 'lost', chunk, problem });
      expect(journal.report()).toMatchObject({ offered: 9, delivered: 2, lost: 7, kept: 0 });
      expect(journal.undelivered()).toEqual([]);
      const late = added(ga(2, 4));
      await lastValueFrom(journal.keep(ga(2, 4), late), { defaultValue: undefined });
      expect([...late.parts[1]!.subarray(0, 2)]).toEqual([0xa5, 0xa5]);
      journal.append({ type: 'ending', outcome: 'failed' });
      expect(await lastValueFrom(journal.pending$.pipe(toArray()))).toEqual([]);
    });

    it('has handed out everything when the session is ending, and delivers it afterwards', async () => {
      const journal = make();
      const pending = lastValueFrom(journal.pending$.pipe(toArray()));
      addTo(journal, ga(0, 2));
      addTo(journal, ga(1, 1));
      addTo(journal, ga(0, 3, 1));
      journal.append({ type: 'ending', outcome: 'complete' });
      expect((await pending).map(({ chunk }) => chunk)).toEqual([ga(0, 2), ga(1, 1), ga(0, 3, 1)]);
      const left = await lastValueFrom(journal.pending$.pipe(toArray()));
      expect(left.map(({ chunk }) => chunk)).toEqual([ga(1, 3), ga(0, 3, 1)]);
      journal.append(delivered(ga(1, 3)));
      journal.append(delivered(ga(0, 3, 1)));
      expect(journal.report()).toMatchObject({ offered: 6, delivered: 6, kept: 0, outcome: 'complete' });
    });
  });
};
