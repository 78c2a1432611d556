import { mergeMap, type OperatorFunction } from 'rxjs';
import type { Frame } from '../model/frame.js';
import type { FrameChunk } from '../model/frameChunk.js';
import type { RheedSession } from '../model/rheedSession.js';
import type { SessionEvent } from '../model/sessionEvent.js';

/**
 * Hands chunks to an open session, each as given and at the next index, and emits what becomes of them.
 *
 * Chunks get their index in the order in which they come and are uploaded side by side, so events of different chunks mix. The
 * session stays open: end it with `session.end()`. What was handed over is delivered also when nobody listens any more:
 * unsubscribing stops the source and leaves the uploads going. Nothing waits here; the session charges its own budget.
 *
 * ```
 * chunks       A-----B|
 * A's events   a---d|
 * B's events         a---d|
 * uploadChunk  a---d-a---(d|)
 * ```
 *
 * Errors with the session's `InputError` for frames that it cannot take, and for an empty array (`bufferTime` emits such).
 * `bufferCount` drops the frames of a chunk it has begun when its source fails or is left; `rheedSink` keeps them.
 *
 * @example
 * ```ts
 * import { openRheed, toGray8, uploadChunk } from 'epistream';
 * import { fakePlatform, frames } from 'epistream/testing';
 * import { bufferCount, filter, from } from 'rxjs';
 *
 * const session = openRheed(fakePlatform(), { fps: 1, rotationsPerMin: 0, chunkSize: 2 });
 * await from(frames(5))
 *   .pipe(toGray8(), bufferCount(2), uploadChunk(session), filter(({ type }) => type === 'accepted'))
 *   .forEach(({ chunk }) => console.log('chunk', chunk.index, 'has', chunk.items));
 * // → chunk 0 has 2
 * // → chunk 1 has 2
 * // → chunk 2 has 1
 * await session.end().forEach(() => {});
 * console.log(session.report().delivered);
 * // → 5
 * ```
 */
export const uploadChunk = (
  session: RheedSession,
): OperatorFunction<FrameChunk | readonly Frame<'gray8'>[], SessionEvent> => mergeMap((chunk) => session.upload(chunk));
