import type { OperatorFunction } from 'rxjs';
import { type Platform, rooms } from '../delivery/platform.js';
import { checkRheedOptions } from '../model/checkRheedOptions.js';
import type { Frame } from '../model/frame.js';
import type { RheedOptions } from '../model/rheedOptions.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import { checkFrame } from './checkFrame.js';
import { RheedWriter } from './rheedWriter.js';
import { sinkOf } from './sinkOf.js';

/**
 * Ends a pipeline: opens a session on the platform at the first frame, delivers every frame in chunks of `chunkSize`, and ends
 * the session when the source is over.
 *
 * Takes gray8 frames, or arrays of them, which it flattens and groups anew: only the last chunk is short, and the one before a
 * hole in the capture times. Frames are copied as they come. What comes out are the session's events: each chunk climbs from
 * `accepted` to `delivered`, the last is `closed`, with a report that adds up. A source that fails is delivered up to there,
 * then its error follows; a subscriber who leaves does not stop the delivery of what was accepted. Each subscription is a
 * session of its own: `retry()` above a sink opens a second one.
 *
 * ```
 * frames                   a b c -         |
 * rheedSink (chunks of 2)  - A - o 0 - B 1 (c|)     A B accepted, o opened, 0 1 delivered, c closed
 * ```
 *
 * @throws InputError for options that break a rule, at once; for a frame that does, on the Observable.
 * @throws SessionFailedError on the Observable, when the session could not be opened or ended.
 * @throws IncompleteSessionError on the Observable, when not every frame was delivered; it carries the report.
 *
 * @example
 * ```ts
 * import { rheedSink } from 'epistream';
 * import { fakePlatform, frames } from 'epistream/testing';
 * import { from } from 'rxjs';
 *
 * const platform = fakePlatform();
 * await from(frames(5, { fps: 1 }))
 *   .pipe(rheedSink(platform, { fps: 1, rotationsPerMin: 15, chunkSize: 2, streamName: 'Growth run 42' }))
 *   .forEach((event) => {
 *     if (event.type === 'delivered') console.log('chunk', event.chunk.index, 'of', event.chunk.items, 'frames');
 *     if (event.type === 'closed') console.log('delivered', event.report.delivered, 'of', event.report.offered);
 *   });
 * // → chunk 0 of 2 frames
 * // → chunk 1 of 2 frames
 * // → chunk 2 of 1 frames
 * // → delivered 5 of 5
 * ```
 */
export const rheedSink = (
  platform: Platform,
  options: RheedOptions,
): OperatorFunction<Frame<'gray8'> | readonly Frame<'gray8'>[], SessionEvent> => {
  const checked = checkRheedOptions(options);
  const inside = platform[rooms];
  return sinkOf(inside, {
    check: (frame) => checkFrame(frame),
    open: () => new RheedWriter(inside, checked),
    add: (writer, frame: Frame<'gray8'>) => writer.add(frame),
  });
};
