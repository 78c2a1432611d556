import { lastValueFrom, map, mergeMap } from 'rxjs';
import { checkTimeseriesOptions } from '../model/checkTimeseriesOptions.js';
import { InputError } from '../model/errors.js';
import type { SessionId } from '../model/identifiers.js';
import type { TimeseriesOptions } from '../model/timeseriesOptions.js';
import type { TimeseriesSession } from '../model/timeseriesSession.js';
import { openTimeseries } from '../sinks/openTimeseries.js';
import { fromFrames } from '../sources/fromFrames.js';
import { type PointBlock, pointsOf } from './pointBlock.js';
import { Streamer, type StreamerOptions } from './streamer.js';

export interface TimeseriesStreamerOptions extends StreamerOptions {
  /** Points a chunk of a channel holds; only its last should hold fewer. Default 100. */
  readonly pointsPerChunk?: number | undefined;
}

/** What a session of the streamer is asked for. */
export type InitializeTimeseries = Omit<TimeseriesOptions, 'pointsPerChunk' | 'flushAfterMs' | 'onDisorder'>;

interface Running {
  readonly session: TimeseriesSession;
}

/** Timestamps (unix seconds) and values of one chunk. */
type Block = readonly [timestamps: PointBlock['timestamps'], values: PointBlock['values']];

/**
 * Streams instrument channels by calls instead of a pipeline, for scripts that are ported: another way to call the same sink.
 *
 * Times are unix seconds here, and here alone. A chunk is 1 to `pointsPerChunk` points of a channel, each after the one before;
 * every channel counts its chunks from 0.
 *
 * The constructor throws an `InputError` for options that break a rule.
 *
 * @example
 * ```ts
 * import { TimeseriesStreamer } from 'epistream';
 * import { fakePlatform } from 'epistream/testing';
 *
 * await using streamer = new TimeseriesStreamer({ platform: fakePlatform(), pointsPerChunk: 2 });
 * const session = await streamer.initialize({ streamName: 'MBE growth', physicalSample: 'GaN-001' });
 * const timestamps = [1700000000.0, 1700000000.1];
 * streamer.push(session, 0, 'temperature', { timestamps, values: [25.0, 25.1], units: 'C' });
 * streamer.pushMulti(session, 1, {
 *   temperature: { timestamps: [1700000000.2], values: [25.2], units: 'C' },
 *   pressure: { timestamps: [1700000000.2], values: [1e-9], units: 'mbar' },
 * });
 * const report = await streamer.finalize(session);
 * console.log(report.outcome, report.delivered === report.offered);
 * // → complete true
 * ```
 */
export class TimeseriesStreamer extends Streamer<Running> {
  readonly #pointsPerChunk: number;

  constructor({ pointsPerChunk, ...options }: TimeseriesStreamerOptions = {}) {
    const checked = checkTimeseriesOptions({ pointsPerChunk });
    super(options);
    this.#pointsPerChunk = checked.pointsPerChunk;
  }

  /**
   * Opens a session: resolves with our id for it, once the platform has created and linked the stream. With a spool it resolves as
   * well when the platform cannot be reached: the run is kept on disk, and its stream created as soon as that is possible.
   *
   * Rejects with an `InputError` for options that break a rule, with a `SessionFailedError` when the stream cannot be opened, and
   * with a `PlatformClosedError` after the streamer was disposed of.
   */
  initialize(options: InitializeTimeseries = {}): Promise<SessionId> {
    const asked = { ...options, pointsPerChunk: this.#pointsPerChunk };
    return this.opened((platform) => ({ session: openTimeseries(platform, asked) }));
  }

  /**
   * Takes one chunk of a channel and returns at once; it is sent in the background, and its fate is in `finalize`'s report and on
   * `events$`.
   *
   * Throws an `InputError` when `chunkIndex` is not the channel's next or the points break a rule, and a `BudgetError` when memory
   * is used up: the chunk is then not taken, and may be pushed again.
   */
  push(session: SessionId, chunkIndex: number, channelName: string, points: PointBlock): void {
    const { session: open } = this.of(session);
    const next = open.nextIndex(channelName);
    if (chunkIndex !== next)
      throw new InputError('chunkIndex', chunkIndex, `must be the next index of ${channelName}, ${next}`);
    this.requireRoom();
    open.upload(channelName, pointsOf(points));
  }

  /**
   * Takes one chunk of several channels, sent in one request, under an index that is at least the next of each; channels without
   * points are left out. Throws as `push` does.
   */
  pushMulti(session: SessionId, chunkIndex: number, channels: Readonly<Record<string, PointBlock>>): void {
    const { session: open } = this.of(session);
    const entries = Object.entries(Object(channels) as typeof channels);
    this.requireRoom();
    open.uploadMulti(chunkIndex, Object.fromEntries(entries.map(([name, points]) => [name, pointsOf(points)])));
  }

  /**
   * Sends blocks as the next chunks of a channel, pulling the next one when there is room for it: resolves when the fate of every
   * chunk is known, and rejects when the iterable fails or a block breaks a rule. Call `finalize` in any case.
   */
  async run(
    session: SessionId,
    channelName: string,
    blocks: Iterable<Block> | AsyncIterable<Block>,
    units?: string,
  ): Promise<void> {
    const { session: open } = this.of(session);
    const chunks$ = fromFrames(blocks, { budget: this.inside.budget }).pipe(
      map(([timestamps, values]) => pointsOf({ timestamps, values, units })),
      mergeMap((points) => open.upload(channelName, points)),
    );
    await lastValueFrom(chunks$, { defaultValue: undefined });
  }
}
