import { lastValueFrom, map, mergeMap } from 'rxjs';
import { InputError } from '../model/errors.js';
import type { SessionId } from '../model/identifiers.js';
import type { RheedOptions } from '../model/rheedOptions.js';
import type { RheedSession } from '../model/rheedSession.js';
import { paceAt } from '../operators/paceAt.js';
import { openRheed } from '../sinks/openRheed.js';
import { fromFrames } from '../sources/fromFrames.js';
import { copyOf } from './copyOf.js';
import { type FrameBlock, framesOf } from './frameBlock.js';
import { Streamer, type StreamerOptions } from './streamer.js';

export type RHEEDStreamerOptions = StreamerOptions;

interface Running {
  readonly session: RheedSession;
  readonly options: RheedOptions;
  nextIndex: number;
}

/**
 * Streams RHEED frames by calls instead of a pipeline, for scripts that are ported: another way to call the same sink.
 *
 * Frames are grey, 8 bits a pixel: a buffer with its shape (`[N, H, W]`, or `[H, W]` for one frame), or `Frame`s. A chunk is 1 to
 * `chunkSize` of them, all of one size for the whole session.
 *
 * The constructor throws an `InputError` for connect options that break a rule.
 *
 * @example
 * ```ts
 * import { RHEEDStreamer } from 'epistream';
 * import { fakePlatform } from 'epistream/testing';
 *
 * await using streamer = new RHEEDStreamer({ platform: fakePlatform() });
 * const session = await streamer.initialize({ fps: 10, rotationsPerMin: 0, chunkSize: 20, streamName: 'Growth run 42' });
 * streamer.push(session, 0, { data: new Uint8Array(20 * 30 * 50), shape: [20, 30, 50] });
 * streamer.push(session, 1, { data: new Uint8Array(7 * 30 * 50), shape: [7, 30, 50] });
 * const report = await streamer.finalize(session);
 * console.log(report.delivered, 'of', report.offered, 'frames delivered');
 * // → 27 of 27 frames delivered
 * ```
 */
export class RHEEDStreamer extends Streamer<Running> {
  constructor(options: RHEEDStreamerOptions = {}) {
    super(options);
  }

  /**
   * Opens a session: resolves with our id for it, once the platform has created and linked the stream. With a spool it resolves as
   * well when the platform cannot be reached: the run is kept on disk, and its stream created as soon as that is possible.
   *
   * Rejects with an `InputError` for options that break a rule, with a `SessionFailedError` when the stream cannot be opened, and
   * with a `PlatformClosedError` after the streamer was disposed of.
   */
  initialize(options: RheedOptions): Promise<SessionId> {
    return this.opened((platform) => ({ session: openRheed(platform, options), options, nextIndex: 0 }));
  }

  /**
   * Copies one chunk and returns at once; it is sent in the background, and its fate is in `finalize`'s report and on `events$`.
   *
   * Throws an `InputError` when `chunkIdx` is not the next index or the frames break a rule, and a `BudgetError` when memory is
   * used up: the chunk is then not taken, and may be pushed again.
   *
   * @param captureStartMs Capture time of the first frame, ms UTC. Default: it came `N / fps` seconds ago.
   */
  push(session: SessionId, chunkIdx: number, frames: FrameBlock, captureStartMs?: number): void {
    const running = this.of(session);
    if (chunkIdx !== running.nextIndex)
      throw new InputError('chunkIdx', chunkIdx, `must be the next index, ${running.nextIndex}`);
    this.requireRoom();
    running.session.upload(framesOf(frames, running.options.fps, captureStartMs));
    running.nextIndex++;
  }

  /**
   * Sends blocks at the cadence of the capture, pulling the next one when there is room for it: resolves when the fate of every
   * chunk is known, and rejects when the iterable fails or a block breaks a rule. Call `finalize` in any case.
   */
  async run(session: SessionId, blocks: Iterable<FrameBlock> | AsyncIterable<FrameBlock>): Promise<void> {
    const running = this.of(session);
    const { fps, chunkSize } = running.options;
    const { budget, clock } = this.inside;
    const chunks$ = fromFrames(blocks, { budget }).pipe(
      map((block) => copyOf(framesOf(block, fps))), // at once: while it waits, the iterable may fill the same buffer again
      paceAt(fps / chunkSize, { budget, scheduler: clock.scheduler }),
      mergeMap((frames) => {
        const events$ = running.session.upload(frames);
        running.nextIndex++;
        return events$;
      }),
    );
    await lastValueFrom(chunks$, { defaultValue: undefined });
  }
}
