import type { Observable } from 'rxjs';
import { type Platform, rooms } from '../delivery/platform.js';
import { checkRheedOptions } from '../model/checkRheedOptions.js';
import { InputError, PlatformClosedError } from '../model/errors.js';
import type { Frame } from '../model/frame.js';
import type { FrameChunk } from '../model/frameChunk.js';
import type { RheedOptions } from '../model/rheedOptions.js';
import type { RheedSession } from '../model/rheedSession.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import { OpenSession } from './openSession.js';
import { RheedWriter } from './rheedWriter.js';

/**
 * Opens a RHEED session at once, for people who want the parts: chunks are sent as given, at the next index.
 *
 * A chunk is 1 to `chunkSize` gray8 frames of one size, copied before `upload` returns. A hole in the capture times is told as a
 * `gap` and splits nothing. `end()` it, or close the platform, which ends it as `'cancelled'`.
 *
 * ```
 * upload A, B; end()   A - - - B - |
 * session.events$      A - o 0 B 1 (ec|)     A B accepted, o opened, 0 1 delivered, e ending, c closed
 * ```
 *
 * @throws InputError for options that break a rule.
 * @throws PlatformClosedError after `platform.close()`.
 * @throws SessionFailedError on `opened$` and `end()`, when the session could not be opened or ended.
 * @throws IncompleteSessionError on `end()`, when not every frame was delivered; it carries the report.
 *
 * @example
 * ```ts
 * import { openRheed, uploadChunk } from 'epistream';
 * import { fakePlatform, frames } from 'epistream/testing';
 * import { bufferCount, from, lastValueFrom } from 'rxjs';
 *
 * const session = openRheed(fakePlatform(), { fps: 1, rotationsPerMin: 0, chunkSize: 2 });
 * await from(frames(3))
 *   .pipe(bufferCount(2), uploadChunk(session))
 *   .forEach((event) => event.type === 'delivered' && console.log('delivered chunk', event.chunk.index));
 * const last = await lastValueFrom(session.end());
 * console.log(last.type);
 * // → delivered chunk 0
 * // → delivered chunk 1
 * // → closed
 * ```
 */
export const openRheed = (platform: Platform, options: RheedOptions): RheedSession => {
  const checked = checkRheedOptions(options);
  const inside = platform[rooms];
  if (inside.isClosing) throw new PlatformClosedError();
  return new OpenRheed(inside, new RheedWriter(inside, checked));
};

const framesIn = (chunk: FrameChunk | readonly Frame<'gray8'>[]): readonly Frame<'gray8'>[] => {
  const frames: unknown = Array.isArray(chunk) ? chunk : (Object(chunk) as FrameChunk).frames;
  if (!Array.isArray(frames)) throw new InputError('frames', frames, 'must be an array of frames, or a chunk of them');
  return frames as readonly Frame<'gray8'>[];
};

class OpenRheed extends OpenSession<RheedWriter> implements RheedSession {
  upload(chunk: FrameChunk | readonly Frame<'gray8'>[]): Observable<SessionEvent> {
    const frames = framesIn(chunk);
    return this.eventsOf({ index: this.writer.nextIndex }, () => this.writer.addChunk(frames));
  }
}
