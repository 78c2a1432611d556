import { byteLengthOf } from '../flow/byteLengthOf.js';
import { Fifo } from '../flow/fifo.js';
import type { Frame } from '../model/frame.js';
import type { Reading } from '../model/sample.js';
import { type Fill, readingAt } from './readingAt.js';
import { ReadingBuffer } from './readingBuffer.js';

/** A frame, or what was made of one: it says when it was captured, or else when it came. */
export type Timed = Pick<Frame, 'capturedAt' | 'arrivedAt'>;

/** A frame and what the channel said as it was captured; `undefined` when it said nothing near enough. */
export interface FrameWithReading<F extends Timed = Frame> {
  readonly frame: F;
  readonly reading: Reading | undefined;
}

interface Waiting<F> {
  readonly frame: F;
  /** NaN: a frame without a time waits for nothing. */
  readonly t: number;
  readonly bytes: number;
}

/** How long frames wait, and for what. */
export interface WaitingFramesOptions {
  readonly lateness: number;
  readonly holdBytes: number;
  readonly fill: Fill;
  readonly tolerance: number;
  readonly onUnused: (reading: Reading) => void;
}

/**
 * Frames in the order in which they came, until the channel has said what it says of them.
 *
 * @internal
 */
export class WaitingFrames<F extends Timed> {
  readonly #readings = new ReadingBuffer();
  readonly #queue = new Fifo<Waiting<F>>();
  #first: Waiting<F> | undefined;
  #bytes = 0;
  /** The time of the last frame that had one: not of the newest, which may be wrong for ever. */
  #latest = -Infinity;
  #left = -Infinity;
  #channelIsOver = false;

  constructor(private readonly asked: WaitingFramesOptions) {}

  add(frame: F): void {
    const t = frame.capturedAt ?? frame.arrivedAt ?? Number.NaN;
    const bytes = byteLengthOf(frame);
    this.#bytes += bytes;
    if (!Number.isNaN(t)) this.#latest = t;
    this.#queue.push({ frame, t, bytes });
  }

  hear(reading: Reading): void {
    if (reading.t > this.#readings.newest) this.#readings.push(reading);
    else this.asked.onUnused(reading);
  }

  /** The channel says nothing more. */
  endChannel(): void {
    this.#channelIsOver = true;
  }

  /** How many readings are kept. */
  get readings(): number {
    return this.#readings.size;
  }

  get isEmpty(): boolean {
    return this.#next() === undefined;
  }

  /** The frames that need not wait any longer; at the end all. */
  *leave(isEnd = false): Generator<FrameWithReading<F>> {
    for (let next = this.#next(); next && (isEnd || this.#isSettled(next)); next = this.#next()) {
      this.#first = undefined;
      this.#bytes -= next.bytes;
      const { fill, tolerance } = this.asked;
      this.#left = next.t;
      yield { frame: next.frame, reading: readingAt(next.t, this.#readings.around(next.t), fill, tolerance) };
    }
    this.#readings.forget(this.#needed());
  }

  #next(): Waiting<F> | undefined {
    this.#first ??= this.#queue.shift();
    return this.#first;
  }

  #isSettled({ t }: Waiting<F>): boolean {
    // A frame whose time is far from the others', in whichever direction, must not stop them.
    const isGivenUp = Math.abs(this.#latest - t) >= this.asked.lateness || this.#bytes > this.asked.holdBytes;
    return Number.isNaN(t) || this.#channelIsOver || this.#readings.newest >= t || isGivenUp;
  }

  /** From here on frames may ask: frames that are a little out of order as well, where a lateness bounds it. */
  #needed(): number {
    const { lateness } = this.asked;
    return lateness === Infinity ? this.#left : Math.max(this.#readings.newest, this.#latest) - lateness;
  }
}
