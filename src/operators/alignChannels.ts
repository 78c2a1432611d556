import { catchError, concat, defer, endWith, from, map, merge, mergeMap, type Observable, throwError } from 'rxjs';
import type { AlignedRow } from '../model/alignedRow.js';
import type { Reading } from '../model/sample.js';
import type { AlignChannelsOptions } from './alignChannelsOptions.js';
import { Alignment } from './alignment.js';
import { type CheckedAlignment, checkAlignment } from './checkAlignment.js';
import { checkReading } from './checkReading.js';
import { type Arrival, TimeJumps } from './timeJumps.js';

/**
 * Makes rows of several channels, each as it was at the moment of the row: by the times of the readings, not of their arrival.
 *
 * A row leaves when every channel has said something at its time or later, or when the newest reading of any is `lateness` ahead
 * of it. No timer decides, so the same readings make the same rows, live and from a log. Channels are NaN in rows for which they
 * say nothing near enough; rows in which all are NaN are left out, and so are those of a grid more than 100,000 after the last
 * reading of any channel. A late reading is told and serves the rows after it.
 *
 * ```
 * intensity                a-b-c-d-e|        readings at 0, 2, 4, 6, 8 ms
 * temperature              ------T---|       a reading at 3 ms, 3 ms late
 * alignChannels            ------(ab)(cde|)  follow intensity: c, d and e carry T
 * ```
 *
 * At most the readings of one `lateness` are kept, and of each channel one more. On a 10 K/s ramp, with a pyrometer that says
 * something once a second and 300 ms late, against 500 Hz: `combineLatest` is wrong by up to 13.0 K, `'previous'` by 9.98 K,
 * `'linear'` with a `lateness` of 1.4 s not at all. A channel that speaks only when it changes (a shutter, `'hold'`) makes rows wait for
 * the whole `lateness`.
 *
 * One wrong year does not make a row for every second until then: what is further ahead than `farFutureMs` waits, and is believed when
 * another channel comes near it, or when its own goes on from there for `lateness` and no other goes on at the old time. The very
 * first reading is believed as it is.
 *
 * Errors with the first channel that does, after the rows of what has come. Units are those of a channel's last reading used; a row's
 * time is `'recorded'` when that of the followed channel is, on a grid when that of all channels is.
 *
 * @throws InputError at the call, for options that break a rule and a tolerance that is missing; on the Observable for a reading
 * without a time in ms or without a number.
 *
 * @example A temperature for every intensity
 * ```ts
 * import { alignChannels } from 'epistream';
 * import { of } from 'rxjs';
 *
 * const intensity = of({ t: 1000, value: 81 }, { t: 1002, value: 84 }, { t: 1004, value: 80 });
 * const temperature = of({ t: 1000, value: 580, units: 'C' }, { t: 1010, value: 590, units: 'C' });
 * alignChannels(
 *   { intensity, temperature },
 *   { axis: { follow: 'intensity' }, lateness: Infinity, fill: { temperature: 'linear' }, tolerance: { temperature: 20 } },
 * ).subscribe(({ t, values }) => console.log(t, values.intensity, values.temperature));
 * // → 1000 81 580
 * // → 1002 84 582
 * // → 1004 80 584
 * ```
 *
 * @see {@link mergeChannels} for samples as they arrive, {@link withChannel} for frames.
 */
export const alignChannels = <Channel extends string>(
  channels: Readonly<Record<Channel, Observable<Reading>>>,
  options: AlignChannelsOptions<NoInfer<Channel>>,
): Observable<AlignedRow<Channel>> => {
  const asked = checkAlignment<Channel>(channels, options);
  return defer(() => {
    const aligner = alignerOf(asked);
    const arrivals = asked.columns.map(({ channel }) =>
      channels[channel].pipe(
        map((reading): Arrival<Channel> => ({ channel, reading })),
        endWith({ channel }),
      ),
    );
    return merge(...arrivals).pipe(
      mergeMap((arrival) => ('reading' in arrival ? aligner.take(arrival) : aligner.end(arrival.channel))),
      catchError((error: unknown) =>
        concat(
          from(aligner.rest()),
          throwError(() => error),
        ),
      ),
    );
  });
};

const alignerOf = <Channel extends string>(asked: CheckedAlignment<Channel>) => {
  const jumps = new TimeJumps<Channel>(asked);
  const alignment = new Alignment<Channel>(asked);
  const add = (arrivals: readonly Arrival<Channel>[]) => {
    for (const { channel, reading } of arrivals) alignment.add(channel, reading);
  };
  function* rest(): Generator<AlignedRow<Channel>> {
    add(jumps.rest());
    yield* alignment.rows(true);
  }
  return {
    *take({ channel, reading }: Arrival<Channel>) {
      checkReading(channel, reading);
      add(jumps.take(channel, reading));
      yield* alignment.rows();
    },
    *end(channel: Channel) {
      alignment.end(channel);
      yield* alignment.isOver ? rest() : alignment.rows();
    },
    rest,
  };
};
