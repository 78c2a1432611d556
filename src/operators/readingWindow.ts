import type { Reading } from '../model/sample.js';
import type { Points } from './periodogram.js';

/** Readings of a short time, added up. Their times count from the bin's start, where doubles are fine enough. */
interface Bin {
  readonly startMs: number;
  count: number;
  time: number;
  value: number;
}

/** The latest readings of a channel, by their own times, as the means of short bins: cheap however fast they come. */
export class ReadingWindow {
  readonly #bins = new Map<number, Bin>();
  #restarts: readonly number[] = [];
  #beginning = -Infinity;
  #end = -Infinity;

  constructor(
    private readonly lengthMs: number,
    private readonly binMs: number,
  ) {}

  /** The time from which on readings are taken. */
  get beginning(): number {
    return this.#beginning;
  }

  /** The time of the newest reading. */
  get end(): number {
    return this.#end;
  }

  /** What is before `t` and what is after it are not looked at together. A `t` that is yet to come waits for its reading. */
  restart(t: number): void {
    if (t > this.#end) this.#restarts = [...this.#restarts, t];
    else if (t > this.#beginning) this.#forget(t);
  }

  /** Whether the reading moves the end of the window. One that is more than a window away was timed by another clock. */
  add({ t, value }: Reading): boolean {
    const due = this.#restarts.filter((restart) => restart <= t);
    if (due.length > 0) {
      this.#restarts = this.#restarts.filter((restart) => restart > t);
      this.#forget(Math.max(...due));
    }
    if (Math.abs(t - this.#end) > this.lengthMs) this.#begin(t);
    if (t < this.#beginning) return false;
    if (Number.isFinite(value)) this.#put(t, value);
    const isNewest = t > this.#end;
    if (isNewest) this.#end = t;
    return isNewest;
  }

  /** The means of the bins in order; their times in ms from the window's end. */
  points(): Points {
    this.#drop(this.#end - this.lengthMs);
    const bins = [...this.#bins.values()].sort((a, b) => a.startMs - b.startMs);
    return {
      times: Float64Array.from(bins, ({ startMs, time, count }) => startMs - this.#end + time / count),
      values: Float64Array.from(bins, ({ value, count }) => value / count),
      weights: Float64Array.from(bins, ({ count }) => count),
    };
  }

  #put(t: number, value: number): void {
    const index = Math.floor(t / this.binMs);
    const bin = this.#bins.get(index) ?? { startMs: index * this.binMs, count: 0, time: 0, value: 0 };
    this.#bins.set(index, bin);
    bin.count++;
    bin.time += t - bin.startMs;
    bin.value += value;
  }

  #begin(t: number): void {
    this.#forget(t);
    this.#bins.clear();
    this.#end = -Infinity;
  }

  #forget(before: number): void {
    this.#beginning = before;
    this.#drop(before);
  }

  #drop(before: number): void {
    for (const [index, { startMs }] of this.#bins) if (startMs < before) this.#bins.delete(index);
  }
}
