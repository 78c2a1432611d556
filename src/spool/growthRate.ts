import type { Clock } from '../flow/clock.js';

/** How far back growth is looked at, and how finely, ms. */
const WINDOW_MS = 10 * 60_000;
const GRAIN_MS = 5_000;
/** A run that is over grows nothing: its pace says nothing of the hours to come, ms. */
const STILL_MS = 60_000;
const HOUR_MS = 3_600_000;

/** How fast a spool has grown over the last minutes. */
export class GrowthRate {
  #seen: { readonly atMs: number; readonly bytes: number }[] = [];
  #bytes = 0;
  #grewAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Pick<Clock, 'scheduler'>) {}

  /** The spool has so many bytes now. */
  is(bytes: number): void {
    const atMs = this.clock.scheduler.now();
    if (bytes > this.#bytes) this.#grewAt = atMs;
    this.#bytes = bytes;
    const last = this.#seen.at(-1);
    if (last === undefined || atMs - last.atMs >= GRAIN_MS) this.#seen.push({ atMs, bytes });
    this.#seen = this.#seen.filter((one) => atMs - one.atMs <= WINDOW_MS);
  }

  /** Below 0 while it shrinks; 0 until there is something to compare with, and when it has not grown for a minute. */
  get bytesAnHour(): number {
    const [first] = this.#seen;
    const now = this.clock.scheduler.now();
    const overMs = first === undefined ? 0 : now - first.atMs;
    return first === undefined || overMs < GRAIN_MS || now - this.#grewAt > STILL_MS
      ? 0
      : ((this.#bytes - first.bytes) * HOUR_MS) / overMs;
  }
}
