import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstValueFrom, lastValueFrom, map, type Observable, take, tap, toArray } from 'rxjs';
import type { Pending, SessionJournal } from '../../src/journal/sessionJournal.js';
import { addToReport, emptyReport } from '../../src/model/addToReport.js';
import type { ChunkRef } from '../../src/model/chunkRef.js';
import type { DataId } from '../../src/model/identifiers.js';
import type { SessionEvent, SessionRecord } from '../../src/model/sessionEvent.js';
import { sessionRecords } from '../model/sessionRecords.js';
import { lentBody } from './lentBody.js';

export const problem = { tag: 'IngestError', message: 'send: answered 422', status: 422 };
const to = 'stream-1' as DataId;
export const chunk = (index: number, items = 2): ChunkRef => ({ index, revision: 0, items });
export const accepted = (index: number, items = 2): SessionRecord => ({
  type: 'accepted',
  chunk: chunk(index, items),
  time: { startMs: 1000 * index, timeBase: 'host' },
});
export const delivered = (index: number): SessionRecord => ({ type: 'delivered', chunk: chunk(index), to, as: index });
export const lost = (index: number): SessionRecord => ({ type: 'lost', chunk: chunk(index), problem });
const ending: SessionRecord = { type: 'ending', outcome: 'complete' };
const asked: SessionRecord = {
  type: 'asked',
  asked: { kind: 'rheed', options: { fps: 1, rotationsPerMin: 0, chunkSize: 2 } },
};

/** The two records that end a session, as delivery would append them. */
const lastRecords = {
  closed: (journal: SessionJournal): SessionRecord => ({ type: 'closed', dataId: to, report: journal.report() }),
  gaveUp: (journal: SessionJournal): SessionRecord => ({
    type: 'gaveUp',
    phase: 'deliver',
    problem,
    report: journal.report(),
  }),
};

/** Everything that is told from now on, in short. */
const toldBy = (journal: SessionJournal): string[] => {
  const told: string[] = [];
  journal.events$.subscribe({
    next: (event) => told.push('chunk' in event ? `${event.type} ${event.chunk.index}` : event.type),
    complete: () => told.push('over'),
  });
  return told;
};

const keep = (journal: SessionJournal, index: number, ...bytes: number[]): Observable<never> => {
  journal.append(accepted(index));
  return journal.keep(chunk(index), lentBody(...bytes));
};

const bytesOf = async (pending: Pending): Promise<number[]> => {
  const body = await firstValueFrom(pending.body());
  const bytes = [...Buffer.concat(body.parts)];
  expect(body.byteLength).toBe(bytes.length);
  body.release();
  return bytes;
};

/** What every `SessionJournal` owes to those who use it. `make` makes one of which nothing is recorded yet. */
export const sessionJournalContract = (name: string, make: (wallMs?: () => number) => SessionJournal): void => {
  describe(`${name} as a SessionJournal`, () => {
    it('tells records and notices in order, each with its session and its moment', () => {
      let now = 100;
      const journal = make(() => now++);
      const told: SessionEvent[] = [];
      journal.events$.subscribe((event) => told.push(event));
      journal.append(asked);
      journal.notify({ type: 'retrying', step: 'create', inMs: 5, problem });
      journal.append({ type: 'opened', dataId: to });
      expect(told.map(({ type, session }) => [type, session])).toEqual([
        ['asked', journal.id],
        ['retrying', journal.id],
        ['opened', journal.id],
      ]);
      const moments = told.map(({ at }) => at);
      expect(moments).toEqual([...moments].sort((one, other) => one - other));
      expect(Math.min(...moments)).toBeGreaterThanOrEqual(100);
    });

    it('adds a record at once, whether anybody subscribes to what that gives or not', async () => {
      const journal = make();
      const told = toldBy(journal);
      const safe = journal.append(accepted(0));
      expect([told, journal.report().kept]).toEqual([['accepted 0'], 2]);
      await lastValueFrom(safe, { defaultValue: undefined });
      await lastValueFrom(safe, { defaultValue: undefined });
      expect([told, journal.report().kept]).toEqual([['accepted 0'], 2]);
    });

    it('tells every reader the same order when one of them answers a record with the next', () => {
      const journal = make();
      const before = toldBy(journal);
      journal.events$.subscribe(({ type }) => {
        if (type === 'asked') journal.append({ type: 'intent', step: 'create' });
        if (type === 'intent') journal.notify({ type: 'resumed' });
        if (type === 'resumed') journal.append({ type: 'opened', dataId: to });
      });
      const after = toldBy(journal);
      journal.append(asked);
      expect(before).toEqual(['asked', 'intent', 'resumed', 'opened']);
      expect(after).toEqual(before);
    });

    it('has counted a record before it tells of it', () => {
      const journal = make();
      const counts: number[] = [];
      journal.events$.subscribe(() => counts.push(journal.report().offered, journal.undelivered().length));
      journal.append(accepted(0));
      expect(counts).toEqual([2, 1]);
    });

    it('tells a late reader what comes from now on', () => {
      const journal = make();
      journal.append(asked);
      const late = toldBy(journal);
      journal.append(accepted(0));
      expect(late).toEqual(['accepted 0']);
    });

    describe.each(['closed', 'gaveUp'] as const)('after %s', (type) => {
      it('tells no more, also to a reader who comes late', () => {
        const journal = make();
        const told = toldBy(journal);
        journal.append(ending);
        journal.append(lastRecords[type](journal));
        journal.notify({ type: 'resumed' });
        expect(told).toEqual(['ending', type, 'over']);
        expect(toldBy(journal)).toEqual(['over']);
      });

      it('learns no more: what was being encoded comes too late, and the report stays', () => {
        const journal = make();
        for (const record of [accepted(0), ending, lost(0)]) journal.append(record);
        journal.append(lastRecords[type](journal));
        const report = journal.report();
        journal.append(lost(0));
        journal.append({ type: 'ending', outcome: 'cancelled' });
        journal.append(accepted(1));
        expect(journal.report()).toEqual(report);
        expect(journal.undelivered()).toEqual([]);
      });
    });

    it('says once that the session is ending, also to those who come after', async () => {
      const journal = make();
      const said: string[] = [];
      journal.ending$.subscribe(({ outcome }) => said.push(`early ${outcome}`));
      expect(said).toEqual([]);
      journal.append({ type: 'ending', outcome: 'cancelled' });
      journal.ending$.subscribe(({ outcome }) => said.push(`late ${outcome}`));
      await firstValueFrom(journal.ending$);
      expect(said).toEqual(['early cancelled', 'late cancelled']);
    });

    it('hands out what is kept, oldest first, then what is added', async () => {
      const journal = make();
      keep(journal, 0, 10);
      keep(journal, 1, 11);
      const pending = firstValueFrom(journal.pending$.pipe(take(4), toArray()));
      keep(journal, 2, 12);
      keep(journal, 3, 13);
      const handed = await pending;
      expect(handed.map(({ chunk, time }) => [chunk.index, chunk.items, time.startMs])).toEqual([
        [0, 2, 0],
        [1, 2, 1000],
        [2, 2, 2000],
        [3, 2, 3000],
      ]);
      for (const [i, one] of handed.entries()) expect(await bytesOf(one)).toEqual([10 + i]);
    });

    it('hands out what is kept at the subscription, however long ago it was asked for', async () => {
      const journal = make();
      const { pending$ } = journal;
      keep(journal, 0, 1);
      await firstValueFrom(journal.pending$);
      expect((await firstValueFrom(pending$)).chunk.index).toBe(0);
    });

    it('hands out no chunk that has its fate', async () => {
      const journal = make();
      for (const index of [0, 1, 2]) keep(journal, index, index);
      await firstValueFrom(journal.pending$.pipe(take(3), toArray()));
      journal.append(delivered(0));
      journal.append({ type: 'rejected', chunk: chunk(1), problem });
      expect((await firstValueFrom(journal.pending$)).chunk.index).toBe(2);
    });

    it('has handed out everything when the session is ending, also to those who come after', async () => {
      const journal = make();
      const early = lastValueFrom(journal.pending$.pipe(toArray()));
      keep(journal, 0, 1);
      keep(journal, 1, 2);
      await firstValueFrom(journal.pending$.pipe(take(2), toArray()));
      journal.append(ending);
      const indices = (handed: Pending[]) => handed.map(({ chunk }) => chunk.index);
      expect(indices(await early)).toEqual([0, 1]);
      expect(indices(await lastValueFrom(journal.pending$.pipe(toArray())))).toEqual([0, 1]);
    });

    it('hands a body out as often as it takes, whole although the encoder has its memory back', async () => {
      const journal = make();
      const body = lentBody(1, 2, 3, 4, 5);
      journal.append(accepted(0));
      journal.keep(chunk(0), body);
      const pending = await firstValueFrom(journal.pending$);
      for (const _ of ['attempt', 'again', 'and again']) expect(await bytesOf(pending)).toEqual([1, 2, 3, 4, 5]);
      const dims = await firstValueFrom(
        pending.body().pipe(
          tap((lent) => lent.release()),
          map((lent) => lent.dims),
        ),
      );
      expect(dims).toEqual(body.dims);
      journal.append(delivered(0));
    });

    it('needs the memory of a chunk no more when its fate is known, and has released its body once', async () => {
      const journal = make();
      const bodies = [0, 1, 2].map((index) => {
        const body = lentBody(index);
        journal.append(accepted(index));
        return { body, kept: lastValueFrom(journal.keep(chunk(index), body), { defaultValue: 'kept' }) };
      });
      await firstValueFrom(journal.pending$.pipe(take(3), toArray()));
      journal.append(delivered(0));
      journal.append({ type: 'rejected', chunk: chunk(1), problem });
      journal.append(lost(2));
      for (const { body, kept } of bodies) {
        expect(await kept).toBe('kept');
        expect(body.released).toBe(1);
      }
    });

    it('lets go of the body of a chunk that was lost while it was encoded', async () => {
      const journal = make();
      const body = lentBody(1);
      journal.append(accepted(0));
      journal.append(lost(0));
      await lastValueFrom(journal.keep(chunk(0), body), { defaultValue: undefined });
      expect(body.released).toBe(1);
      journal.append(ending);
      expect(await lastValueFrom(journal.pending$.pipe(toArray()))).toEqual([]);
    });

    it('keeps without being watched', async () => {
      const journal = make();
      const body = lentBody(1);
      journal.append(accepted(0));
      journal.keep(chunk(0), body);
      const { chunk: kept } = await firstValueFrom(journal.pending$);
      expect([kept, body.released]).toEqual([chunk(0), 1]);
    });

    it('lists what has no fate, oldest first, and with it what is still being encoded', async () => {
      let now = 100;
      const journal = make(() => now);
      for (const index of [0, 1, 2, 3]) {
        now += 10;
        journal.append(accepted(index));
      }
      journal.keep(chunk(2), lentBody(1));
      journal.append(delivered(1));
      expect(journal.undelivered().map(({ chunk, acceptedAt }) => [chunk.index, acceptedAt])).toEqual([
        [0, 110],
        [2, 130],
        [3, 140],
      ]);
    });

    it('keeps the chunks of two channels apart', () => {
      const journal = make();
      const of = (channel: string) => ({ ...chunk(0), channel });
      const time = { startMs: 0, timeBase: 'host' } as const;
      journal.append({ type: 'accepted', chunk: of('Ga'), time });
      journal.append({ type: 'accepted', chunk: of('As'), time });
      journal.append({ type: 'delivered', chunk: of('Ga'), to, as: 0 });
      expect(journal.undelivered().map(({ chunk }) => chunk.channel)).toEqual(['As']);
    });

    it('reports the fold of what it has recorded, whatever that is', () => {
      fc.assert(
        fc.property(sessionRecords, (records) => {
          const journal = make();
          for (const record of records) journal.append(record);
          const empty = emptyReport(journal.id, journal.asked.kind);
          expect(journal.report()).toEqual(records.reduce(addToReport, empty));
        }),
        { numRuns: 50 },
      );
    });
  });
};
