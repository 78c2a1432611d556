import {
  BehaviorSubject,
  catchError,
  EMPTY,
  finalize,
  first,
  ignoreElements,
  mergeMap,
  type Observable,
  type Subscription,
  takeWhile,
  tap,
} from 'rxjs';
import type { Rooms } from '../delivery/platform.js';
import type { Account } from '../flow/account.js';
import type { SessionJournal } from '../journal/sessionJournal.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { ClockReading } from '../model/clockReading.js';
import { defaultStreamName } from '../model/defaultStreamName.js';
import { InputError } from '../model/errors.js';
import type { Frame, FrameInfo } from '../model/frame.js';
import type { Outcome } from '../model/outcome.js';
import { toProblem } from '../model/problem.js';
import type { RheedOptions } from '../model/rheedOptions.js';
import type { ShardInProgress } from '../zarr/shardEncoder.js';
import { type CaptureTime, CaptureTimes } from './captureTimes.js';
import { checkFrame } from './checkFrame.js';
import { type ChunkStart, ChunkStarts } from './chunkStarts.js';

/** The chunk being filled. */
interface Filling {
  readonly shard: ShardInProgress;
  readonly start: ChunkStart;
  readonly frames: FrameInfo[];
}

/** Writes frames into a session's journal: copies them, groups them into chunks, has these encoded and kept. */
export class RheedWriter {
  readonly journal: SessionJournal;
  readonly #times: CaptureTimes;
  readonly #starts: ChunkStarts;
  readonly #account: Account;
  readonly #clock: Subscription;
  readonly #encoding$ = new BehaviorSubject(0);
  /** Chunks that the journal still needs memory for, or does not have by now. */
  readonly #keeping$ = new BehaviorSubject(0);
  #reading: ClockReading | undefined;
  #first: FrameInfo | undefined;
  #filling: Filling | undefined;
  #nextIndex = 0;
  #taken = 0;
  #overlaps = false;
  #asked = false;
  #ended = false;

  constructor(
    private readonly rooms: Rooms,
    private readonly options: RheedOptions,
  ) {
    const streamName = options.streamName?.trim() || defaultStreamName(new Date(rooms.clock.wallMs()));
    this.journal = rooms.journals.create({ kind: 'rheed', options: { ...options, streamName } });
    this.#times = new CaptureTimes(options);
    this.#starts = new ChunkStarts(options.fps);
    this.#account = rooms.budget.account();
    this.#clock = rooms.ingest.clock$.subscribe((reading) => {
      this.#reading = reading;
    });
    this.journal.events$.subscribe({ complete: () => this.#over() });
  }

  /** The index of the chunk that is accepted next. */
  get nextIndex(): number {
    return this.#nextIndex;
  }

  /** Has the session opened; once. */
  ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.journal.append({ type: 'asked', asked: this.journal.asked });
  }

  /** Takes one frame into the chunk being filled, which a hole before the frame closes early. */
  add(frame: Frame<'gray8'>): void {
    if (this.#ended) return; // over, in the middle of an array: nothing more is accepted
    checkFrame(frame, this.#first, this.#taken);
    const hole = this.#times.holeBefore(frame);
    // Full already: a subscriber answers `asked` or `gap` with this frame, before the one that was told of has closed its chunk.
    if (this.#isFull || (hole !== undefined && this.options.onGap !== 'keep')) this.seal();
    this.#put(frame, this.#times.of(frame, this.rooms.clock.wallMs()));
    // Asked with the frame in the chunk already: `opened` may make the subscriber leave at once, and the frame is ours.
    this.ask();
    if (hole !== undefined) this.journal.append({ type: 'gap', gap: hole });
    if (this.#isFull) this.seal();
  }

  /** Takes frames as one chunk, as given. Frames without a time count back from now, when the last of them had come. */
  addChunk(frames: readonly Frame<'gray8'>[]): void {
    this.#checkChunk(frames);
    const now = this.rooms.clock.wallMs();
    const gaps = frames.flatMap((frame) => this.#times.holeBefore(frame) ?? []);
    for (const [i, frame] of frames.entries()) {
      const agoMs = ((frames.length - i) * 1000) / this.options.fps;
      this.#put(frame, this.#times.of({ ...frame, arrivedAt: frame.arrivedAt ?? now - agoMs }, now));
    }
    this.seal();
    for (const gap of gaps) this.journal.append({ type: 'gap', gap });
  }

  /** Closes the chunk being filled: from here on it has an index, and is ours. */
  seal(): void {
    const filling = this.#filling;
    if (filling === undefined) return;
    this.#filling = undefined;
    const { shard, start, frames } = filling;
    const chunk: ChunkRef = { index: this.#nextIndex++, revision: 0, items: shard.count };
    this.#starts.ended(start, shard.count);
    const known = frames.some((info) => Object.keys(info).length > 3); // more than width, height and format
    this.#keeping$.next(this.#keeping$.value + 1);
    this.#encoding$.next(this.#encoding$.value + 1); // first: `accepted` may make the subscriber leave, and that must not end yet
    this.journal.append({ type: 'accepted', chunk, time: this.#timeOf(start.time), ...(known ? { frames } : {}) });
    this.#keep(chunk, shard);
    this.#tellOverlap(chunk, start, frames);
  }

  /** Nothing more will come: closes the last chunk, and records the end when all of it is kept. */
  end(outcome: Outcome, error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.seal();
    this.ask();
    this.#encoding$.pipe(first((count) => count === 0)).subscribe(() => {
      this.journal.append({
        type: 'ending',
        outcome,
        ...(error === undefined ? {} : { problem: toProblem(error) }),
      });
    });
  }

  /**
   * Takes nothing more, and counts the frames of the chunk being filled as accepted: delivery gives up. Completes when the journal
   * needs no memory for what was accepted (on disk: all of it is durable).
   */
  stop(): Observable<never> {
    if (!this.#ended) {
      this.#ended = true;
      this.seal();
    }
    return this.#keeping$.pipe(
      takeWhile((count) => count > 0),
      ignoreElements(),
    );
  }

  get #isFull(): boolean {
    return this.#filling?.shard.count === this.options.chunkSize;
  }

  /** Raw bytes are charged until they are encoded, then the encoded ones until the journal needs no memory for them. */
  #keep(chunk: ChunkRef, shard: ShardInProgress): void {
    let charged = 0;
    const charge = (bytes: number) => {
      this.#account.release(charged);
      this.#account.charge(bytes);
      charged = bytes;
    };
    charge(shard.heldBytes);
    shard
      .finish()
      .pipe(
        tap(({ byteLength }) => charge(byteLength)),
        finalize(() => this.#encoding$.next(this.#encoding$.value - 1)),
        mergeMap((body) => this.journal.keep(chunk, body)),
        catchError((error: unknown) => {
          this.journal.append({ type: 'lost', chunk, problem: toProblem(error) });
          return EMPTY;
        }),
        finalize(() => {
          charge(0);
          this.#keeping$.next(this.#keeping$.value - 1);
        }),
      )
      .subscribe();
  }

  /** Once where it begins: a camera above its rate would have every chunk say so. Frames without a time of their own claim none. */
  #tellOverlap({ index }: ChunkRef, { overlapMs }: ChunkStart, [first]: readonly FrameInfo[]): void {
    const overlaps = overlapMs > 0 && (first?.capturedAt ?? first?.arrivedAt) !== undefined;
    if (overlaps && !this.#overlaps) this.journal.notify({ type: 'overlap', index, byMs: overlapMs });
    this.#overlaps = overlaps;
  }

  #put(frame: Frame<'gray8'>, time: CaptureTime): void {
    const { data, ...info } = frame;
    const { width, height } = frame;
    this.#first ??= info;
    this.#filling ??= {
      shard: this.rooms.encoder.begin({ width, height, frames: this.options.chunkSize }),
      start: this.#starts.next(time),
      frames: [],
    };
    this.#filling.shard.add(data);
    this.#filling.frames.push(info);
    this.#taken++;
  }

  #checkChunk(frames: readonly Frame<'gray8'>[]): void {
    const { chunkSize } = this.options;
    if (this.#ended) throw new InputError('session', this.journal.id, 'must not have ended before its last frame');
    if (frames.length === 0 || frames.length > chunkSize)
      throw new InputError('frames', frames, `must be 1 to ${chunkSize} frames (chunkSize)`);
    for (const [i, frame] of frames.entries()) checkFrame(frame, this.#first ?? frames[0], this.#taken + i);
  }

  #timeOf({ ms, timeBase }: CaptureTime): ChunkTime {
    const clock = timeBase === 'host' ? this.#reading : undefined;
    return { startMs: ms, timeBase, ...(clock === undefined ? {} : { clock }) };
  }

  #over(): void {
    this.#ended = true;
    this.#clock.unsubscribe();
  }
}
