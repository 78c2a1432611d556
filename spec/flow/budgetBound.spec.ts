import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  asyncScheduler,
  bufferCount,
  concatMap,
  filter,
  identity,
  ignoreElements,
  interval,
  type MonoTypeOperatorFunction,
  map,
  merge,
  type Observable,
  range,
  take,
  takeUntil,
  throwError,
  timer,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { admit } from '../../src/flow/admit.js';
import { Budget } from '../../src/flow/budget.js';
import { byteLengthOf } from '../../src/flow/byteLengthOf.js';
import { chargedMergeMap } from '../../src/flow/chargedMergeMap.js';
import type { Gap } from '../../src/model/gap.js';
import { paceAt } from '../../src/operators/paceAt.js';
import { grayFrame } from '../../src/testing/grayFrame.js';

/** Runs in virtual time. */
const virtually = (test: () => void) => new TestScheduler(() => {}).run(test);

/** What `fromFrames` does, without promises: every item waits for room. */
const pull = (count: number, budget: Budget, bytes = 1, latencyMs: (item: number) => number = () => 0) =>
  range(0, count).pipe(
    concatMap((item) => {
      const room$ = budget.room$.pipe(map(() => new Uint8Array(bytes)));
      return latencyMs(item) === 0 ? room$ : timer(latencyMs(item)).pipe(concatMap(() => room$));
    }),
  );

const slow = (ms: number) => () => timer(ms).pipe(ignoreElements());
const send = (budget: Budget, ms: number, concurrent = 1) =>
  chargedMergeMap(budget, byteLengthOf, slow(ms), concurrent);

describe('what pipelines hold', () => {
  // 400 items of 1 byte; pull sources wait at 32.
  const held = (pipelines: (budget: Budget) => Observable<unknown>[], budget = new Budget(64)) => {
    let completed = false;
    virtually(() => {
      merge(...pipelines(budget)).subscribe({ complete: () => (completed = true) });
    });
    expect([completed, budget.used, budget.waiting]).toEqual([true, 0, 0]);
    return budget.peak;
  };

  it("is not seen in a user's own buffering operator", () => {
    expect(held((budget) => [pull(400, budget).pipe(concatMap(slow(4)))])).toBe(0);
  });

  it('stays at the pull limit with chargedMergeMap, and with paceAt', () => {
    expect(held((budget) => [pull(400, budget).pipe(send(budget, 4))])).toBe(32);
    expect(held((budget) => [pull(400, budget).pipe(paceAt(200, { budget }))])).toBe(32);
  });

  it('stays at the pull limit and one chunk with paceAt, chunks and a slow sink', () => {
    const peak = held((budget) => [pull(400, budget).pipe(paceAt(400, { budget }), bufferCount(8), send(budget, 25))]);
    expect(peak).toBeGreaterThanOrEqual(32);
    expect(peak).toBeLessThanOrEqual(32 + 8 + 1);
  });

  it('adds a chunk and an item for each pipeline on the same budget', () => {
    const pipeline = (budget: Budget, ms: number) =>
      pull(200, budget).pipe(paceAt(200, { budget }), bufferCount(8), send(budget, ms));
    const peak = held((budget) => [pipeline(budget, 40), pipeline(budget, 60)]);
    expect(peak).toBeGreaterThan(32);
    expect(peak).toBeLessThanOrEqual(32 + 2 * (8 + 1));
  });

  it('lets a chunk through that is larger than the whole budget', () => {
    const budget = new Budget(4, 4);
    const peak = held(
      () => [pull(400, budget).pipe(paceAt(400, { budget }), bufferCount(48), send(budget, 150))],
      budget,
    );
    expect(peak).toBeGreaterThanOrEqual(48);
    expect(peak).toBeLessThanOrEqual(4 + 48 + 1);
  });
});

describe('pipelines on one budget', () => {
  it('are coupled: a stalled one makes its neighbour wait, unless each has its own', () => {
    const deliveredBeside = (stalled: Budget, own: Budget) => {
      let delivered = 0;
      virtually(() => {
        const over$ = timer(1400);
        pull(200, stalled).pipe(send(stalled, 1500), takeUntil(over$)).subscribe();
        pull(4000, own)
          .pipe(
            bufferCount(8),
            chargedMergeMap(own, byteLengthOf, () => timer(5)),
            takeUntil(over$),
          )
          .subscribe(() => delivered++);
      });
      return delivered;
    };
    const shared = new Budget(64);
    expect(deliveredBeside(shared, shared)).toBeLessThan(10);
    expect(deliveredBeside(new Budget(64), new Budget(64))).toBeGreaterThan(250);
  });

  it('leave a camera its half: a greedy pull source never makes it overflow', () => {
    virtually(() => {
      const budget = new Budget(32);
      const errors: unknown[] = [];
      let sent = 0;
      const over$ = timer(1200);
      pull(4000, budget).pipe(send(budget, 20), takeUntil(over$)).subscribe();
      interval(8)
        .pipe(
          map(() => grayFrame({ width: 1, height: 1 })),
          admit(budget, 'error'),
          bufferCount(12),
          chargedMergeMap(budget, byteLengthOf, () => timer(20)),
          takeUntil(over$),
        )
        .subscribe({ next: () => sent++, error: (error) => errors.push(error) });
      asyncScheduler.schedule(() => expect([errors, sent]).toEqual([[], 12]), 1190);
    });
  });

  it('hold a bounded number of bytes of a camera before a stalled sink, and lose one contiguous gap a stall', () => {
    const budget = new Budget(32);
    const gaps: Gap[] = [];
    let frames = 0;
    virtually(() => {
      const stalled = (chunk: readonly unknown[]) => timer(asyncScheduler.now() < 700 ? 600 : 1).pipe(map(() => chunk));
      interval(4)
        .pipe(
          map(() => grayFrame({ width: 1, height: 1 })),
          admit(budget, 'drop-newest', (gap) => gaps.push(gap)),
          bufferCount(4),
          chargedMergeMap(budget, byteLengthOf, stalled),
          takeUntil(timer(2200)),
        )
        .subscribe((chunk) => (frames += chunk.length));
    });
    expect(budget.peak).toBeLessThanOrEqual(32 + 4);
    expect([gaps.length, budget.used]).toEqual([1, 0]);
    expect(frames + gaps[0]!.frames).toBeGreaterThan(540);
  });
});

/** One pipeline of a random run. */
const pipelines = fc.array(
  fc.record({
    items: fc.integer({ min: 1, max: 120 }),
    chunk: fc.integer({ min: 1, max: 60 }),
    filtered: fc.boolean(),
    fps: fc.option(fc.integer({ min: 500, max: 4000 }), { nil: undefined }),
    concurrent: fc.integer({ min: 1, max: 3 }),
    failsAt: fc.option(fc.nat(20), { nil: undefined }),
    leavesAfter: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    latencies: fc.array(fc.nat(4), { minLength: 1, maxLength: 7 }),
  }),
  { minLength: 1, maxLength: 3 },
);

describe('any pipelines on a budget of any size', () => {
  it('come to their end, hold at most the pull limit and a chunk and an item each, and give every byte back', () => {
    const bytes = 10;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), pipelines, (limit, configurations) => {
        const budget = new Budget(2 * limit, limit);
        let ended = 0;
        virtually(() => {
          for (const { items, chunk, filtered, fps, concurrent, failsAt, leavesAfter, latencies } of configurations) {
            const latencyMs = (item: number) => latencies[item % latencies.length]!;
            const upload = (_: unknown, index: number) =>
              index === failsAt ? throwError(() => 'refused') : timer(latencyMs(index));
            const maybe = <T>(wanted: unknown, operator: () => MonoTypeOperatorFunction<T>) =>
              wanted === undefined || wanted === false ? identity : operator();
            pull(items, budget, bytes, (item) => (item % 17 === 0 ? latencyMs(item) : 0))
              .pipe(
                maybe(filtered, () => filter((_, index) => index % 3 !== 1)),
                maybe(fps, () => paceAt(fps!, { budget })),
                bufferCount(chunk),
                chargedMergeMap(budget, byteLengthOf, upload, concurrent),
                maybe(leavesAfter, () => take(leavesAfter!)),
              )
              .subscribe({ error: () => ended++, complete: () => ended++ });
          }
        });
        const bound = configurations.reduce((sum, { chunk }) => sum + (chunk + 1) * bytes, limit);
        expect(ended).toBe(configurations.length);
        expect([budget.used, budget.waiting]).toEqual([0, 0]);
        expect(budget.peak).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 150, verbose: true },
    );
  });
});
