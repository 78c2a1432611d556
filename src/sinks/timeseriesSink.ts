import type { OperatorFunction } from 'rxjs';
import { type Platform, rooms } from '../delivery/platform.js';
import type { AlignedRow } from '../model/alignedRow.js';
import { checkTimeseriesOptions } from '../model/checkTimeseriesOptions.js';
import type { Sample } from '../model/sample.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { TimeseriesOptions } from '../model/timeseriesOptions.js';
import { checkRow, checkSample } from './checkSample.js';
import { sinkOf } from './sinkOf.js';
import { TimeseriesWriter } from './timeseriesWriter.js';

const isRow = (item: Sample | AlignedRow): item is AlignedRow => Object(item) === item && 'values' in item;

/**
 * Ends a pipeline of instrument channels: opens a session on the platform at the first sample, delivers every one, and ends the
 * session when the source is over.
 *
 * Takes samples of any number of channels, each with chunks of its own, or aligned rows, whose channels share one chunk; one session
 * is one or the other. A sample is journalled within a quarter of a second, and durable then. Every chunk of a channel but its last
 * ends up with exactly `pointsPerChunk` points; so that a slow channel is not hours late, a chunk that is not full is sent
 * `flushAfterMs` after a point came, and again when there are more. Times must rise within a channel; NaN and the infinities are no
 * value on the platform. A sample with a `flag` puts its `raw` number into a channel beside its own, `<channel>.<flag>`.
 *
 * Events and the report are those of {@link rheedSink}; they count points (rows once, however many channels they have).
 *
 * ```
 * samples of T                  a b - - - - c -             |
 * timeseriesSink (3 a chunk,    - - A o - - - C 0 -         (c|)     A accepted (a, b), o opened, C accepted (c), 0 delivered: it is
 *   journalled together)                                            full, so nothing waits for flushAfterMs; c closed
 * ```
 *
 * @throws InputError for options that break a rule, at once; for a sample that does, on the Observable, after what came before it was
 * delivered.
 * @throws SessionFailedError on the Observable, when the session could not be opened or ended.
 * @throws IncompleteSessionError on the Observable, when not every point was delivered; it carries the report.
 *
 * @example
 * ```ts
 * import { type Sample, timeseriesSink } from 'epistream';
 * import { fakePlatform } from 'epistream/testing';
 * import { from } from 'rxjs';
 *
 * const samples: Sample[] = [1, 2, 3].flatMap((second) => [
 *   { channel: 'temperature', t: 1_700_000_000_000 + 1000 * second, value: 600 + second, units: 'C' },
 *   { channel: 'pressure', t: 1_700_000_000_500 + 1000 * second, value: 1e-9, units: 'mbar' },
 * ]);
 * await from(samples)
 *   .pipe(timeseriesSink(fakePlatform(), { pointsPerChunk: 2, streamName: 'Growth run 42' }))
 *   .forEach((event) => {
 *     if (event.type === 'delivered') console.log(event.chunk.channel, event.chunk.index, event.chunk.items);
 *     if (event.type === 'closed') console.log('delivered', event.report.delivered, 'of', event.report.offered);
 *   });
 * // → temperature 0 2
 * // → pressure 0 2
 * // → temperature 1 1
 * // → pressure 1 1
 * // → delivered 6 of 6
 * ```
 */
export const timeseriesSink = (
  platform: Platform,
  options: TimeseriesOptions = {},
): OperatorFunction<Sample | AlignedRow | readonly Sample[] | readonly AlignedRow[], SessionEvent> => {
  const checked = checkTimeseriesOptions(options);
  const inside = platform[rooms];
  return sinkOf<Sample | AlignedRow, TimeseriesWriter>(inside, {
    check: (item) => (isRow(item) ? checkRow(item) : checkSample(item)),
    open: () => new TimeseriesWriter(inside, checked),
    add: (writer, item) => (isRow(item) ? writer.addRow(item) : writer.addSample(item)),
  }) as OperatorFunction<Sample | AlignedRow | readonly Sample[] | readonly AlignedRow[], SessionEvent>;
};
