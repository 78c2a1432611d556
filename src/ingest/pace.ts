/** A link of 64 kbit/s that four uploads share. */
const SLOWEST_BYTES_PER_MS = 2;

/** How much slower than the last one an upload may be and still count as healthy. */
const MARGIN = 8;

/**
 * How fast uploads go, to tell a slow one from a stalled one: bytes that the kernel has taken are out of sight.
 *
 * At first the slowest link worth waiting for is assumed; then the last upload's pace, with a margin. A stall may also have been a
 * link that became slow, so after one the next upload is given more time.
 */
export class Pace {
  #bytesPerMs: number;

  constructor(private readonly slowestBytesPerMs: number = SLOWEST_BYTES_PER_MS) {
    this.#bytesPerMs = slowestBytesPerMs;
  }

  /** How long a healthy network may take over so many bytes, ms. */
  patienceMs(bytes: number): number {
    return bytes / this.#bytesPerMs;
  }

  /** An upload of so many bytes took so long. */
  went(bytes: number, ms: number): void {
    this.#assume(bytes / Math.max(1, ms));
  }

  /** An upload was given up. */
  stalled(): void {
    this.#assume(this.#bytesPerMs);
  }

  #assume(bytesPerMs: number): void {
    this.#bytesPerMs = Math.max(this.slowestBytesPerMs, bytesPerMs / MARGIN);
  }
}
