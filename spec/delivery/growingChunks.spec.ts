import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, concatMap, EMPTY, from, map, mergeMap, NEVER, Observable, Subject, throwError, timer } from 'rxjs';
import { GrowingChunks } from '../../src/delivery/growingChunks.js';
import { clockScheduler } from '../../src/flow/clockScheduler.js';
import { hostClock } from '../../src/flow/hostClock.js';
import { MemoryJournal } from '../../src/journal/memoryJournal.js';
import { addToReport, emptyReport } from '../../src/model/addToReport.js';
import type { AlignedRow } from '../../src/model/alignedRow.js';
import type { ChunkRef } from '../../src/model/chunkRef.js';
import type { SessionId } from '../../src/model/identifiers.js';
import type { Sample } from '../../src/model/sample.js';
import type { SessionEvent, SessionRecord } from '../../src/model/sessionEvent.js';
import type { SessionReport } from '../../src/model/sessionReport.js';
import { timeseriesSink } from '../../src/sinks/timeseriesSink.js';
import { type FakePlatform, fakePlatform } from '../../src/testing/fakePlatform.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';

const T0 = 1_700_000_000_000;
const channels = ['a', 'b', 'c'] as const;

interface Push {
  readonly afterMs: number;
  readonly channel: (typeof channels)[number];
  readonly points: number;
  /** At a moment that has been. */
  readonly isLate: boolean;
}

/** What happens to a session. */
interface Plan {
  readonly takes: 'samples' | 'rows';
  readonly pushes: readonly Push[];
  readonly ends: 'complete' | 'error' | 'unsubscribe' | 'close';
  readonly replies: readonly { readonly afterMs: number; readonly status: number }[];
  readonly createMs: number;
  readonly inFlight: number;
  /** Events that the reader answers with more points, each once. */
  readonly answers: readonly SessionEvent['type'][];
  readonly options: {
    readonly pointsPerChunk: number;
    readonly flushAfterMs: number;
    readonly onClosed: 'continue' | 'keep';
  };
}

const plans = fc.record<Plan>({
  takes: fc.constantFrom('samples', 'rows'),
  pushes: fc.array(
    fc.record({
      afterMs: fc.constantFrom(0, 1, 20, 249, 250, 251, 400, 1000),
      channel: fc.constantFrom(...channels),
      points: fc.integer({ min: 1, max: 5 }),
      isLate: fc.boolean(),
    }),
    { maxLength: 20 },
  ),
  ends: fc.constantFrom('complete', 'error', 'unsubscribe', 'close'),
  replies: fc.array(
    fc.record({
      afterMs: fc.constantFrom(0, 1, 5, 250, 600),
      status: fc.constantFrom(200, 200, 200, 200, 422, 422, 503, 410),
    }),
    { maxLength: 14 },
  ),
  createMs: fc.constantFrom(0, 3, 700),
  inFlight: fc.integer({ min: 1, max: 4 }),
  answers: fc.array(fc.constantFrom('asked', 'opened', 'accepted', 'delivered', 'rejected', 'retried', 'gap'), {
    maxLength: 3,
  }),
  options: fc.record({
    pointsPerChunk: fc.integer({ min: 1, max: 6 }),
    flushAfterMs: fc.constantFrom(1, 100, 500, 2000),
    onClosed: fc.constantFrom('continue', 'keep'),
  }),
});

/** Points whose values count on in each channel, so that each knows its place. */
class Instrument {
  #pushed = 0;
  readonly #counts = new Map<string, number>();

  constructor(private readonly takes: Plan['takes']) {}

  next(channel: string, isLate = false): Sample | AlignedRow {
    const home = this.takes === 'rows' ? 'a' : channel;
    const count = this.#counts.get(home) ?? 0;
    const isDropped = isLate && count > 0;
    if (!isDropped) this.#counts.set(home, count + 1);
    const t = isDropped ? T0 : T0 + ++this.#pushed;
    return this.takes === 'rows' ? { t, values: { a: count, b: count } } : { channel, t, value: count };
  }
}

const sourceOf = ({ pushes, ends }: Plan, instrument: Instrument): Observable<Sample | AlignedRow> =>
  concat(
    from(pushes).pipe(
      concatMap(({ afterMs, channel, points, isLate }) =>
        timer(afterMs, clockScheduler).pipe(
          mergeMap(() => from(Array.from({ length: points }))),
          map(() => instrument.next(channel, isLate)),
        ),
      ),
    ),
    ends === 'complete' ? EMPTY : ends === 'error' ? throwError(() => new Error('torn cable')) : NEVER,
  );

const platformOf = ({ replies, createMs, inFlight }: Plan): FakePlatform =>
  fakePlatform({
    replies: {
      create: { afterMs: createMs },
      send: [
        ...replies.map(({ afterMs, status }) => ({
          afterMs,
          ...(status === 200 ? {} : { fail: ingestFailure('send', status) }),
        })),
        { afterMs: 2 },
      ],
    },
    retry: { baseMs: 4, maxRetries: 50, random: () => 1 },
    inFlight,
  });

/** Everything that is said of the session adds up, at every event. */
const foldOf = (platform: FakePlatform): (() => SessionReport) => {
  let report = emptyReport('' as SessionId, 'timeseries');
  platform.events$.subscribe((event) => {
    report = addToReport(report, event as SessionRecord) ?? report; // a notice is nothing to it
    const { offered, delivered, kept, rejected, dropped, lost, deadLetters } = report;
    expect(delivered + kept + rejected + dropped + lost).toBe(offered);
    expect(Math.min(delivered, kept, rejected, lost)).toBeGreaterThanOrEqual(0);
    expect(deadLetters.reduce((sum, { chunk }) => sum + chunk.items, 0)).toBe(rejected);
  });
  return () => report;
};

const live = (plan: Plan): void =>
  marbles(({ flush }) => {
    const platform = platformOf(plan);
    const instrument = new Instrument(plan.takes);
    const reportOf = foldOf(platform);
    const more$ = new Subject<Sample | AlignedRow>();
    const source = new Observable<Sample | AlignedRow>((subscriber) => {
      subscriber.add(more$.subscribe(subscriber));
      subscriber.add(sourceOf(plan, instrument).subscribe(subscriber));
    });
    const answers = [...plan.answers];
    const answer = (type: SessionEvent['type']) => {
      if (answers[0] !== type) return;
      answers.shift();
      for (const channel of channels) if (more$.observed) more$.next(instrument.next(channel));
    };
    let overAtMs = 0;
    platform.events$.subscribe(() => {
      overAtMs = clockScheduler.now();
    });
    const reader = source
      .pipe(timeseriesSink(platform, { ...plan.options, onDisorder: 'drop' }))
      .subscribe({ next: ({ type }) => answer(type), error: () => {} });
    const leaveAtMs = plan.pushes.reduce((sum, { afterMs }) => sum + afterMs, 1);
    if (plan.ends === 'unsubscribe') timer(leaveAtMs, clockScheduler).subscribe(() => reader.unsubscribe());
    if (plan.ends === 'close')
      timer(leaveAtMs, clockScheduler).subscribe(() => void platform.close({ deadlineMs: 3000 }));
    flush();
    expect(reportOf().kept).toBe(0);
    expect(platform.budget.used).toBe(0);
    if (plan.ends === 'complete' || plan.ends === 'error') expect(clockScheduler.now()).toBe(overAtMs); // no timer is left
    hasAll(platform, plan, reportOf());
  });

/** Each chunk of a stream stands in its place, with what it had before, and nothing that was delivered is missing. */
const hasAll = ({ receivedPoints }: FakePlatform, { options, takes }: Plan, report: SessionReport): void => {
  const chunks = new Map<string, readonly number[]>();
  const firsts = new Map<string, number>();
  const points = new Set<string>();
  for (const { dataId, chunk, channels } of receivedPoints)
    for (const { channel, values } of channels) {
      const [name, place] = [`${dataId} ${channel}`, `${dataId} ${channel} ${chunk.index}`];
      const before = chunks.get(place) ?? [];
      chunks.set(place, values);
      expect(values.length).toBeLessThanOrEqual(options.pointsPerChunk);
      expect(values.slice(0, before.length)).toEqual(before);
      const first = (values[0] ?? 0) - chunk.index * options.pointsPerChunk;
      expect(firsts.get(name) ?? first).toBe(first);
      firsts.set(name, first);
      if (takes === 'samples' || channel === 'a') for (const value of values) points.add(`${channel} ${value}`);
    }
  expect(points.size).toBeGreaterThanOrEqual(report.delivered);
  if (report.rejected + report.lost === 0) expect(points.size).toBe(report.offered - report.dropped);
};

describe('a session of growing chunks', () => {
  it('sends what an earlier process was refused along with the points that came after it', () => {
    const options = { pointsPerChunk: 9, flushAfterMs: 1000 };
    const journal = new MemoryJournal('found' as SessionId, { kind: 'timeseries', options }, hostClock);
    const time = { startMs: T0, timeBase: 'host' } as const;
    const body = { parts: [], byteLength: 0, dims: [1], release: () => {} };
    const chunkOf = (revision: number, items: number) => ({ index: 0, channel: 'a', revision, items });
    const accept = (chunk: ChunkRef) => {
      journal.append({ type: 'accepted', chunk, time });
      journal.keep(chunk, body);
    };
    accept(chunkOf(0, 3));
    journal.append({
      type: 'rejected',
      chunk: chunkOf(0, 3),
      problem: { tag: 'IngestError', message: 'answered 422' },
    });
    accept(chunkOf(1, 2));
    const due: ChunkRef[] = [];
    journal.pending$
      .pipe(new GrowingChunks(journal, options, clockScheduler).due())
      .subscribe(({ chunk }) => due.push(chunk));
    journal.append({ type: 'ending', outcome: 'interrupted' });
    expect(due).toEqual([chunkOf(1, 5)]);
    expect(journal.report()).toMatchObject({ offered: 5, kept: 5, rejected: 0, deadLetters: [] });
  });

  it('adds up at every event, and leaves nothing behind, whatever the platform, the source and the reader do', () => {
    fc.assert(fc.property(plans, live), { numRuns: 100 });
  });
});
