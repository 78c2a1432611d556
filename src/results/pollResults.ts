import {
  catchError,
  defer,
  distinctUntilChanged,
  filter,
  identity,
  mergeMap,
  type Observable,
  of,
  takeUntil,
  takeWhile,
  tap,
  throwError,
} from 'rxjs';
import { type Platform, type Rooms, rooms } from '../delivery/platform.js';
import type { StreamKind } from '../model/asked.js';
import { InputError, PlatformClosedError } from '../model/errors.js';
import type { DataId } from '../model/identifiers.js';
import type { Results } from '../model/results.js';
import { pollFailures } from './pollFailures.js';
import { repeatOnTicks, type Ticks } from './repeatOnTicks.js';
import { streamKind } from './streamKind.js';

/** What {@link pollResults} emits for a stream of this kind. */
export type ResultsOf<Kind extends StreamKind> = Extract<Results, { readonly kind: Kind }>;

/** How {@link pollResults} asks. */
export interface PollResultsOptions<Kind extends StreamKind = StreamKind> {
  /** What the stream is of. Default: as the platform's list says; without such a list it must be given. */
  readonly kind?: Kind;
  /** From one request to the next, ms. Default 1000. */
  readonly intervalMs?: number;
  /** Asks for the last so many frames or points. Default: all of them, which grows with the run. */
  readonly lastN?: number;
  /** Results whose key is that of the last emitted ones are left out. Default: everything is emitted. */
  readonly distinctBy?: (results: ResultsOf<Kind>) => unknown;
  /** The results for which this is true are the last ones, and are emitted. */
  readonly until?: (results: ResultsOf<Kind>) => boolean;
  /** Completes after so many requests, answered or not. Default: there is no such number. */
  readonly maxPolls?: number;
  /** Whether the first request is made at once, not after an interval. Default true. */
  readonly fireImmediately?: boolean;
  /** Each request but an immediate one is later by up to so many ms (at most an interval), so that many clients do not ask as one. Default 0. */
  readonly jitterMs?: number;
  /**
   * Told of every request that fails; asking goes on, whatever it was. Default: what may pass (no network, 5xx, 429) is a warning of the
   * platform's log, once an outage, and asking goes on; a refusal (401, 403, 422) is the stream's error.
   */
  readonly onError?: (error: unknown) => void;
}

/**
 * Asks the platform again and again for what it has computed of a stream, and emits its answers.
 *
 * Request n is due n intervals after the first, whatever the answers take: there is one at a time, ticks that pass meanwhile are skipped
 * and never caught up. While the platform has nothing yet (404), nothing is emitted. Completes with `until`, `maxPolls`
 * and `platform.close()`; leaving it aborts the request under way.
 *
 * ```
 * answers, as asked for            a    -------b          c
 * pollResults({ intervalMs: 5 })   a-----------b--c    asked at 0, 5 and 15: 10 had passed
 * ```
 *
 * @param dataId The platform's name for the stream: `dataId` of a session's `opened` event, not its `sessionId`.
 * @throws InputError at the call, for options that break a rule.
 * @throws PlatformClosedError on the Observable, after `platform.close()`.
 * @throws IngestError on the Observable, for a refusal, without `onError`.
 *
 * @example The temperature of the last point, whenever it has changed, until it is high enough
 * ```ts
 * import { pollResults } from 'epistream';
 * import { fakePlatform } from 'epistream/testing';
 *
 * const at = (celsius) => ({
 *   kind: 'timeseries',
 *   channels: [{ channel: 'temperature', units: 'C', relativeTimeSeconds: [0], unixTimestampMs: [1e12], values: [celsius] }],
 * });
 * const platform = fakePlatform({ replies: { results: [{}, { value: at(580) }, { value: at(580) }, { value: at(600) }] } });
 *
 * const temperature = ({ channels }) => channels[0].values.at(-1);
 * await pollResults(platform, 'stream-1', {
 *   kind: 'timeseries',
 *   intervalMs: 5,
 *   lastN: 1,
 *   distinctBy: temperature,
 *   until: (results) => temperature(results) >= 600,
 * }).forEach((results) => console.log(temperature(results)));
 * // → 580
 * // → 600
 * ```
 */
export const pollResults = <Kind extends StreamKind = StreamKind>(
  platform: Platform,
  dataId: DataId,
  options: PollResultsOptions<Kind> = {},
): Observable<ResultsOf<Kind>> => {
  checkOptions(dataId, options);
  const inside = platform[rooms];
  const { kind, lastN, distinctBy, until = () => false } = options;
  return defer(() => {
    if (inside.isClosing) return throwError(() => new PlatformClosedError());
    const failures = pollFailures(inside, dataId, options.onError);
    const kind$ = kind === undefined ? streamKind(inside.ingest, dataId) : of(kind);
    const answer$ = kind$.pipe(
      mergeMap((known) => inside.ingest.results(known, dataId, lastN)),
      tap({ complete: failures.answered }),
      catchError(failures.failed),
    );
    return answer$.pipe(
      repeatOnTicks(ticksOf(inside, options, failures.askedToWaitMs)),
      filter((results): results is ResultsOf<Kind> => results !== undefined),
      takeWhile((results) => !until(results), true),
      distinctBy === undefined ? identity : distinctUntilChanged(Object.is, distinctBy),
      takeUntil(inside.closing$),
    );
  });
};

const ticksOf = (
  { clock, retry }: Pick<Rooms, 'clock' | 'retry'>,
  options: PollTimes,
  atLeastMs: () => number,
): Ticks => ({
  intervalMs: options.intervalMs ?? 1000,
  jitterMs: options.jitterMs ?? 0,
  isImmediate: options.fireImmediately ?? true,
  count: options.maxPolls ?? Number.POSITIVE_INFINITY,
  atLeastMs,
  scheduler: clock.scheduler,
  random: retry.random ?? Math.random,
});

type PollTimes = Pick<PollResultsOptions, 'intervalMs' | 'jitterMs' | 'fireImmediately' | 'maxPolls'>;

const checkOptions = (
  dataId: unknown,
  options: PollTimes & { readonly kind?: string; readonly lastN?: number },
): void => {
  const { kind = 'rheed', intervalMs = 1000, jitterMs = 0, maxPolls = 1, lastN = 1 } = options;
  if (typeof dataId !== 'string' || dataId.trim() === '')
    throw new InputError('dataId', dataId, "must be the platform's name for a stream");
  if (kind !== 'rheed' && kind !== 'timeseries') throw new InputError('kind', kind, "must be 'rheed' or 'timeseries'");
  if (!(intervalMs > 0)) throw new InputError('intervalMs', intervalMs, 'must be above 0 ms');
  if (!(jitterMs >= 0)) throw new InputError('jitterMs', jitterMs, 'must be 0 ms or more');
  if (!isCount(maxPolls)) throw new InputError('maxPolls', maxPolls, 'must be a whole number above 0');
  if (!Number.isInteger(lastN) || !isCount(lastN))
    throw new InputError('lastN', lastN, 'must be a whole number above 0');
};

const isCount = (value: unknown): boolean =>
  (Number.isInteger(value) || value === Number.POSITIVE_INFINITY) && (value as number) > 0;
