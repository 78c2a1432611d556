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
 * Errors with the session's `InputError` for frames that it cannot take.
 *
 * @example
 * ```ts no-run
 * import { connect, fromImages, openRheed, toGray8, uploadChunk } from 'epistream';
 * import { bufferCount } from 'rxjs';
 *
 * const platform = connect({ apiKey: process.env.AS_API_KEY });
 * const session = openRheed(platform, { fps: 24, rotationsPerMin: 0, chunkSize: 48 });
 * await fromImages('run42/*.png')
 *   .pipe(toGray8(), bufferCount(48), uploadChunk(session))
 *   .forEach((event) => console.log(event.type));
 * await session.end().forEach((event) => console.log(event.type));
 * await platform.close();
 * ```
 */
export const uploadChunk = (
  session: RheedSession,
): OperatorFunction<FrameChunk | readonly Frame<'gray8'>[], SessionEvent> => mergeMap((chunk) => session.upload(chunk));
