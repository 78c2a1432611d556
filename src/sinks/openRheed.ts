import { filter, map, merge, type Observable, ReplaySubject, take, takeUntil, takeWhile } from 'rxjs';
import { type Platform, type Rooms, rooms } from '../delivery/platform.js';
import { overOf } from '../journal/overOf.js';
import { checkRheedOptions } from '../model/checkRheedOptions.js';
import { InputError, PlatformClosedError } from '../model/errors.js';
import type { Frame } from '../model/frame.js';
import type { FrameChunk } from '../model/frameChunk.js';
import type { DataId, SessionId } from '../model/identifiers.js';
import type { Outcome } from '../model/outcome.js';
import type { RheedOptions } from '../model/rheedOptions.js';
import type { RheedSession } from '../model/rheedSession.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';
import { RheedWriter } from './rheedWriter.js';
import { withVerdict } from './withVerdict.js';

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
  return new OpenRheed(inside, checked);
};

const isLast = ({ type }: SessionEvent): boolean => type === 'closed' || type === 'gaveUp';

const framesIn = (chunk: FrameChunk | readonly Frame<'gray8'>[]): readonly Frame<'gray8'>[] => {
  const frames: unknown = Array.isArray(chunk) ? chunk : (Object(chunk) as FrameChunk).frames;
  if (!Array.isArray(frames)) throw new InputError('frames', frames, 'must be an array of frames, or a chunk of them');
  return frames as readonly Frame<'gray8'>[];
};

class OpenRheed implements RheedSession {
  readonly id: SessionId;
  readonly events$: Observable<SessionEvent>;
  readonly #writer: RheedWriter;
  readonly #opened$ = new ReplaySubject<DataId>(1);
  /** The last event and what it comes to, for an `end()` that is asked for later. */
  readonly #verdict$ = new ReplaySubject<SessionEvent>(1);
  #ended$: ReplaySubject<SessionEvent> | undefined;

  constructor(inside: Rooms, options: RheedOptions) {
    this.#writer = new RheedWriter(inside, options);
    const { journal } = this.#writer;
    this.id = journal.id;
    this.events$ = journal.events$;
    const events$ = journal.events$.pipe(withVerdict(() => undefined));
    events$.pipe(filter(isLast)).subscribe(this.#verdict$);
    events$
      .pipe(
        filter((event) => event.type === 'opened'),
        map(({ dataId }) => dataId),
        take(1),
      )
      .subscribe(this.#opened$);
    inside.deliver(journal, () => this.#writer.stop());
    this.#writer.ask();
    inside.closing$.pipe(takeUntil(overOf(journal))).subscribe(() => this.end('cancelled'));
  }

  get opened$(): Observable<DataId> {
    return this.#opened$.asObservable();
  }

  upload(chunk: FrameChunk | readonly Frame<'gray8'>[]): Observable<SessionEvent> {
    const frames = framesIn(chunk);
    const index = this.#writer.nextIndex;
    const events$ = new ReplaySubject<SessionEvent>();
    const reading = this.events$
      .pipe(
        filter((event) => 'chunk' in event && event.chunk.index === index),
        takeWhile(({ type }) => type !== 'delivered' && type !== 'rejected' && type !== 'lost', true),
      )
      .subscribe(events$);
    try {
      this.#writer.addChunk(frames);
    } catch (error) {
      reading.unsubscribe();
      throw error;
    }
    return events$.asObservable();
  }

  end(outcome: Outcome = 'complete'): Observable<SessionEvent> {
    if (this.#ended$ === undefined) {
      this.#ended$ = new ReplaySubject();
      merge(this.events$.pipe(filter((event) => !isLast(event))), this.#verdict$).subscribe(this.#ended$);
      this.#writer.end(outcome);
    }
    return this.#ended$.asObservable();
  }

  report(): SessionReport {
    return this.#writer.journal.report();
  }
}
