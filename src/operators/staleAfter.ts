import {
  EMPTY,
  endWith,
  type GroupedObservable,
  groupBy,
  ignoreElements,
  merge,
  mergeMap,
  type Observable,
  type OperatorFunction,
  switchMap,
  takeUntil,
  timer,
} from 'rxjs';
import { clockScheduler } from '../flow/clockScheduler.js';
import { InputError } from '../model/errors.js';
import type { Sample } from '../model/sample.js';
import type { PerChannel } from './alignChannelsOptions.js';
import { ChannelWatch, type WatchedChannel } from './channelWatch.js';
import { checkReading } from './checkReading.js';

/** What else {@link staleAfter} tells. */
export interface StaleAfterOptions<Channel extends string = string> {
  /**
   * After how many ms of the same value, by the times of the samples, a channel is flat: a gauge that is stuck. By name, so that
   * states and setpoints, which may well stay as they are, are left out. Default: no channel is.
   */
  readonly flatAfterMs?: PerChannel<Channel, number>;
}

/** What a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Tells when a channel falls silent or flat, and when it returns, between its samples.
 *
 * Silence is of the clock: nothing has come for `ms`. Flatness is of the samples: their value is exactly the same from one to another
 * that is `flatAfterMs` later, NaN as well. Each is told once, until the channel has returned from it. Every channel has a watch of its
 * own, so samples of several may mix; one that never says anything is not known here.
 *
 * ```
 * samples        a--b-----c---|
 * staleAfter(5)  a--b----S(Rc)|    S: silent since b, R: returned with c
 * ```
 *
 * Samples stay samples, with `type: 'sample'`: a filter splits them off for a sink.
 *
 * @param ms For all channels, or by name: those that are not named (a shutter may say nothing for hours) are not watched for silence.
 * @throws InputError at the call for what is no time above 0; on the Observable for a sample without channel, time or number.
 *
 * @example
 * ```ts
 * import { staleAfter, timeseriesSink } from 'epistream';
 * import { fakePlatform } from 'epistream/testing';
 * import { filter, from, tap } from 'rxjs';
 *
 * const values = [1.2, 1000, 1000, 1000, 1.3];
 * const gauge = from(values.map((value, second) => ({ channel: 'MIG', t: 1000 * second, value, units: 'mbar' })));
 * const tell = (event) => {
 *   switch (event.type) {
 *     case 'sample':
 *       return;
 *     case 'silent':
 *       return console.log(event.channel, 'has said nothing since', event.since);
 *     case 'flat':
 *       return console.log(event.channel, 'has been', event.value, 'since', event.since);
 *     case 'returned':
 *       return console.log(event.channel, 'is no longer', event.from);
 *   }
 * };
 * await gauge
 *   .pipe(
 *     staleAfter(10_000, { flatAfterMs: 2000 }),
 *     tap(tell),
 *     filter((event) => event.type === 'sample'),
 *     timeseriesSink(fakePlatform()),
 *   )
 *   .forEach(({ type, chunk }) => type === 'delivered' && console.log(chunk.items, 'points delivered'));
 * // → MIG has been 1000 since 1000
 * // → MIG is no longer flat
 * // → 5 points delivered
 * ```
 */
export const staleAfter = <S extends Sample>(
  ms: PerChannel<S['channel'], number>,
  options: StaleAfterOptions<S['channel']> = {},
): OperatorFunction<S, WatchedChannel<S>> => {
  const { flatAfterMs = Infinity } = options;
  checkTimes('ms', ms, LONGEST_MS);
  checkTimes('flatAfterMs', flatAfterMs, Infinity);
  return (source) =>
    source.pipe(
      groupBy(channelOf),
      mergeMap((samples) => watched(samples, of(samples.key, ms), of(samples.key, flatAfterMs) ?? Infinity)),
    );
};

const watched = <S extends Sample>(
  samples: GroupedObservable<S['channel'], S>,
  silentAfterMs: number | undefined,
  flatAfterMs: number,
): Observable<WatchedChannel<S>> => {
  const watch = new ChannelWatch<S>(samples.key, flatAfterMs);
  // The end of the samples ends the wait as well: what is over is not silent.
  const over = samples.pipe(ignoreElements(), endWith(undefined));
  const silence = silentAfterMs === undefined ? EMPTY : timer(silentAfterMs, clockScheduler).pipe(takeUntil(over));
  return merge(
    samples.pipe(mergeMap((sample) => watch.said(sample))),
    samples.pipe(
      switchMap(() => silence),
      mergeMap(() => watch.fellSilent()),
    ),
  );
};

const channelOf = <S extends Sample>(sample: S): S['channel'] => {
  checkReading('sample', sample);
  if (typeof sample.channel !== 'string' || sample.channel === '')
    throw new InputError('channel', sample.channel, 'of a sample must be a name (mergeChannels gives it one)');
  return sample.channel;
};

const of = <Channel extends string>(channel: Channel, times: PerChannel<Channel, number>): number | undefined => {
  if (typeof times === 'number') return times;
  return Object.hasOwn(times, channel) ? (times as Partial<Record<Channel, number>>)[channel] : undefined;
};

const checkTimes = (field: string, times: PerChannel<string, number>, longest: number): void => {
  const byName = typeof times === 'object' && times !== null;
  for (const [name, time] of byName ? Object.entries(times) : [['', times] as const])
    if (!(typeof time === 'number' && time > 0 && time <= longest))
      throw new InputError(name === '' ? field : `${field}.${name}`, time, 'must be a number of milliseconds above 0');
};
