import { type Observable, of } from 'rxjs';
import { type Parts, type Platform, rooms } from '../delivery/platform.js';
import { platformOf } from '../delivery/platformOf.js';
import { Budget } from '../flow/budget.js';
import type { Clock } from '../flow/clock.js';
import { hostClock } from '../flow/hostClock.js';
import { memoryJournals } from '../journal/memoryJournals.js';
import type { Journals } from '../journal/sessionJournal.js';
import type { ClockReading } from '../model/clockReading.js';
import { inlineShardEncoder } from '../zarr/inlineShardEncoder.js';
import { FakeIngest, type ReceivedChunk, type ReceivedPoints, type Replies } from './fakeIngest.js';

export interface FakePlatformOptions {
  /** How its calls are answered. Default: all of them at once, and well. */
  readonly replies?: Replies;
  /** Default a budget of its own, of 1 GiB. */
  readonly budget?: Budget;
  /** Default: as `connect`, with every wait at its longest. */
  readonly retry?: Parts['retry'];
  /** Default 2. */
  readonly inFlight?: number;
  /** Default 60,000. */
  readonly openTimeoutMs?: number;
  /** Readings of the platform's clock. Default: it has none. */
  readonly clock$?: Observable<ClockReading | undefined>;
  /** The key is a function, asked at every call. Default false. */
  readonly keyMayChange?: boolean;
  /** Default the host's, which is virtual inside `marbles`. */
  readonly clock?: Clock;
  /** @internal */
  readonly journals?: Journals;
}

/** A platform without a network: see {@link fakePlatform}. */
export interface FakePlatform extends Platform {
  /** The calls so far: `resolve`, `create`, `link`, `send 0` (of a channel: `send temperature/0`), …, `end`. */
  readonly calls: readonly string[];
  /** The frames it has, in order of arrival. */
  readonly received: readonly ReceivedChunk[];
  /** The points it has, in order of arrival. */
  readonly receivedPoints: readonly ReceivedPoints[];
  readonly budget: Budget;
  /** Emits whenever no session is open or draining, at once if so now. */
  readonly idle$: Observable<void>;
}

/**
 * A platform without a network, with scripted latencies and failures: sinks, journals and delivery are the real ones. It answers
 * at once unless told otherwise; inside `marbles` its waits are virtual.
 *
 * @example A platform that refuses the first chunk once, marble by marble
 * ```ts
 * import { rheedSink } from 'epistream';
 * import { fakePlatform, grayFrame, ingestFailure, marbles } from 'epistream/testing';
 * import { filter, map } from 'rxjs';
 *
 * marbles(({ hot, expectObservable }) => {
 *   const platform = fakePlatform({
 *     replies: { create: { afterMs: 2 }, send: [{ fail: ingestFailure('send', 503) }, { afterMs: 3 }] },
 *     retry: { baseMs: 5, random: () => 1 },
 *   });
 *   const frame = grayFrame();
 *   const source = hot('a-b|           ', { a: frame, b: frame });
 *   const drawn = '     -----1----(0c|)'; // chunks 0 and 1 delivered, then closed
 *   const life = source.pipe(
 *     rheedSink(platform, { fps: 0.5, rotationsPerMin: 0, chunkSize: 1 }),
 *     filter(({ type }) => type === 'delivered' || type === 'closed'),
 *     map((event) => (event.type === 'delivered' ? `${event.chunk.index}` : 'c')),
 *   );
 *   expectObservable(life).toBe(drawn);
 * });
 * console.log('as drawn');
 * // → as drawn
 * ```
 */
export const fakePlatform = (options: FakePlatformOptions = {}): FakePlatform => {
  const { clock = hostClock, budget = new Budget(2 ** 30), inFlight = 2, openTimeoutMs = 60_000 } = options;
  const { replies = {}, retry, clock$ = of(undefined), keyMayChange = false } = options;
  const ingest = new FakeIngest({ replies, scheduler: clock.scheduler, clock$, keyMayChange });
  const platform = platformOf({
    ingest,
    journals: options.journals ?? memoryJournals(clock),
    encoder: inlineShardEncoder(),
    clock,
    budget,
    retry: { maxRetries: Number.POSITIVE_INFINITY, random: () => 1, ...retry },
    inFlight,
    openTimeoutMs,
  });
  const { calls, received, receivedPoints } = ingest;
  return Object.assign(platform, { calls, received, receivedPoints, budget, idle$: platform[rooms].idle$ });
};
