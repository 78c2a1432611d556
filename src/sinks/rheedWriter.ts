import type { Rooms } from '../delivery/platform.js';
import type { ChunkRef } from '../model/chunkRef.js';
import { defaultStreamName } from '../model/defaultStreamName.js';
import { InputError } from '../model/errors.js';
import type { Frame, FrameInfo } from '../model/frame.js';
import type { RheedOptions } from '../model/rheedOptions.js';
import type { ShardInProgress } from '../zarr/shardEncoder.js';
import { type CaptureTime, CaptureTimes } from './captureTimes.js';
import { checkFrame } from './checkFrame.js';
import { type ChunkStart, ChunkStarts } from './chunkStarts.js';
import { SessionWriter } from './sessionWriter.js';

/** The chunk being filled. */
interface Filling {
  readonly shard: ShardInProgress;
  readonly start: ChunkStart;
  readonly frames: FrameInfo[];
}

/** Writes frames into a session's journal: copies them, groups them into chunks, has these encoded and kept. */
export class RheedWriter extends SessionWriter {
  readonly #times: CaptureTimes;
  readonly #starts: ChunkStarts;
  #first: FrameInfo | undefined;
  #filling: Filling | undefined;
  #nextIndex = 0;
  #taken = 0;
  #overlaps = false;

  constructor(
    rooms: Rooms,
    private readonly options: RheedOptions,
  ) {
    const streamName = options.streamName?.trim() || defaultStreamName(new Date(rooms.clock.wallMs()));
    super(rooms, { kind: 'rheed', options: { ...options, streamName } });
    this.#times = new CaptureTimes(options);
    this.#starts = new ChunkStarts(options.fps);
  }

  /** The index of the chunk that is accepted next. */
  get nextIndex(): number {
    return this.#nextIndex;
  }

  /** Takes one frame into the chunk being filled, which a hole before the frame closes early. */
  add(frame: Frame<'gray8'>): void {
    if (this.hasEnded) return; // over, in the middle of an array: nothing more is accepted
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

  /** Closes the chunk being filled. */
  protected override seal(): void {
    const filling = this.#filling;
    if (filling === undefined) return;
    this.#filling = undefined;
    const { shard, start, frames } = filling;
    const chunk: ChunkRef = { index: this.#nextIndex++, revision: 0, items: shard.count };
    this.#starts.ended(start, shard.count);
    const known = frames.some((info) => Object.keys(info).length > 3); // more than width, height and format
    const { ms, timeBase } = start.time;
    this.accept({
      chunk,
      time: this.timeAt(ms, timeBase),
      ...(known ? { frames } : {}),
      heldBytes: shard.heldBytes,
      body$: shard.finish(),
    });
    this.#tellOverlap(chunk, start, frames);
  }

  get #isFull(): boolean {
    return this.#filling?.shard.count === this.options.chunkSize;
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
    if (this.hasEnded) throw new InputError('session', this.journal.id, 'must not have ended before its last frame');
    if (frames.length === 0 || frames.length > chunkSize)
      throw new InputError('frames', frames, `must be 1 to ${chunkSize} frames (chunkSize)`);
    for (const [i, frame] of frames.entries()) checkFrame(frame, this.#first ?? frames[0], this.#taken + i);
  }
}
