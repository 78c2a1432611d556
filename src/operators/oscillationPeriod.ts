import { EMPTY, filter, map, Observable, type OperatorFunction, tap } from 'rxjs';
import { checkTimeMs } from '../model/checkTimeMs.js';
import type { Reading } from '../model/sample.js';
import { checked, type OscillationPeriodOptions } from './oscillationPeriodOptions.js';
import { ReadingWindow } from './readingWindow.js';
import { type Search, strongestOscillation } from './strongestOscillation.js';

/** The period of growth oscillations in seconds, and how clear they are. */
export interface OscillationPeriod extends Reading {
  /** NaN when there is no oscillation. */
  readonly value: number;
  readonly units: 's';
  /** The share of the variance, beside drift and rotation, that one sinusoid explains: 0 to 1, also when it is too little. */
  readonly strength: number;
}

/** A mean over an eighth of a period lowers an oscillation by 3 %. */
const BINS_A_PERIOD = 8;

/**
 * Follows the period of growth oscillations in the intensity of a region: a monolayer a period.
 *
 * Every `everyMs` it looks at the last `windowMs` of the channel, by the readings' own times: jitter, gaps and late readings do no
 * harm, NaN is left out. What is found is the strongest sinusoid beside a parabola (the drift), by the least squares of M. Zechmeister
 * and M. Kürster, Astronomy & Astrophysics 496, 577 (2009): the tip of their periodogram, between two steps by a parabola. A decaying
 * amplitude lowers the strength, to 0.5 when it falls by a factor of 20 over the window; then take a shorter one.
 *
 * There is a period only when its sinusoid explains `minStrength` of the variance, *and* white noise would show one as strong in
 * less than one window of 1000, *and* the window holds `cycles` of it, with 2.5 readings each. Else the value is NaN. Slow noise that
 * wanders, as a random walk does, may look like three periods; a longer window or more `cycles` tell them apart.
 *
 * Of a rotating sample the harmonics are fitted and taken out, and periods nearer to one than the window can tell apart are not looked
 * for; the turns have to be steady, and `rotationsPerMin` right. But growth also changes how strong the rotation is seen, and sums and
 * differences of both frequencies are no harmonics. Where a layer takes longer than two rotations, a `minPeriodMs` above two rotations
 * keeps them all out; as variance they remain, and want a longer window. Better is one reading a turn, at the
 * same azimuth.
 *
 * ```
 * readings                             aaaaaaaaaaaaaaaa
 * restart$                             -------r--------
 * oscillationPeriod({ everyMs: 3 })    ---n--p---n--p--     n NaN: not enough yet, p a period
 * ```
 *
 * A look costs `windowMs / minPeriodMs` squared, whatever the rate of the readings, which are added up in bins of an eighth of
 * `minPeriodMs`: 1.5 ms for a window of 40 of the shortest periods, 4 ms with ten rotations in it. Keep `everyMs` well above. A time
 * that jumps by more than a window, to either side, begins the window anew.
 *
 * @throws InputError at the call for options that break a rule, among them a rotation that is not masked; on the Observable for a
 * time that is none.
 *
 * @example
 * ```ts
 * import { oscillationPeriod, regionIntensity } from 'epistream';
 * import { rheedPattern } from 'epistream/testing';
 * import { from, last, mergeMap } from 'rxjs';
 *
 * const growth$ = from(rheedPattern(120, { fps: 10, monolayerSeconds: 1.6 }));
 * growth$
 *   .pipe(
 *     regionIntensity({ regions: { specular: { x: 30, y: 22, width: 4, height: 4 } } }),
 *     mergeMap((samples) => samples),
 *     oscillationPeriod({ minPeriodMs: 500, maxPeriodMs: 3000, rotationsPerMin: 0 }),
 *     last(),
 *   )
 *   .subscribe(({ value, units }) => console.log(value.toFixed(2), units));
 * // → 1.60 s
 * ```
 *
 * @example Anew when the shutter opens
 * ```ts
 * import { oscillationPeriod } from 'epistream';
 * import { filter, from, of } from 'rxjs';
 *
 * const specular$ = from(
 *   Array.from({ length: 200 }, (_, n) => ({ t: n * 100, value: 90 + Math.cos((Math.PI * n) / (n < 100 ? 10 : 5)) })),
 * );
 * const shutter$ = of({ t: 10_000, value: 1 });
 * specular$
 *   .pipe(
 *     oscillationPeriod({
 *       minPeriodMs: 500,
 *       maxPeriodMs: 3000,
 *       rotationsPerMin: 0,
 *       everyMs: 3500,
 *       restart$: shutter$.pipe(filter(({ value }) => value === 1)),
 *     }),
 *   )
 *   .subscribe(({ t, value }) => console.log(t, 'ms', value.toFixed(2), 's'));
 * // → 3500 ms NaN s
 * // → 7000 ms 2.00 s
 * // → 13500 ms 1.00 s
 * // → 17000 ms 1.00 s
 * ```
 */
export const oscillationPeriod = (options: OscillationPeriodOptions): OperatorFunction<Reading, OscillationPeriod> => {
  const { everyMs, windowMs, minStrength, restart$ = EMPTY, search } = checked(options);
  return (source) =>
    new Observable((subscriber) => {
      const window = new ReadingWindow(windowMs, binOf(search));
      const isDue = dueEvery(everyMs, window);
      subscriber.add(
        restart$
          .pipe(tap(({ t }) => checkTimeMs('t of restart$', t)))
          .subscribe({ next: ({ t }) => window.restart(t), error: (error) => subscriber.error(error) }),
      );
      source
        .pipe(
          tap(({ t }) => checkTimeMs('t', t)),
          filter((reading) => window.add(reading) && isDue()),
          map(({ timeBase }) => {
            const { period, strength } = strongestOscillation(window.points(), search);
            const value = strength < minStrength ? Number.NaN : period / 1000;
            return { t: window.end, value, units: 's' as const, ...(timeBase && { timeBase }), strength };
          }),
        )
        .subscribe(subscriber);
    });
};

/** A rotation holds a whole number of bins: harmonics that are too fast for them then look like others, which are masked as well. */
const binOf = ({ minPeriod, rotation }: Search): number => {
  const widest = minPeriod / BINS_A_PERIOD;
  if (rotation === undefined) return widest;
  const turn = 1 / rotation.frequency;
  return turn / Math.ceil(turn / widest);
};

/** On a grid from the window's beginning: looks do not drift with the readings' jitter. */
const dueEvery = (everyMs: number, window: ReadingWindow): (() => boolean) => {
  let beginning = window.beginning;
  let looks = 0;
  return () => {
    if (window.beginning !== beginning) [beginning, looks] = [window.beginning, 0];
    const periods = Math.floor((window.end - beginning) / everyMs);
    const isDue = periods > looks;
    looks = Math.max(looks, periods);
    return isDue;
  };
};
