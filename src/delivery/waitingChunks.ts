import { Fifo } from '../flow/fifo.js';
import type { Pending } from '../journal/sessionJournal.js';

/** So long after it became pending a chunk is live, ms. */
const LIVE_MS = 60_000;

/** The chunks of a session that wait to be sent: live ones, which somebody may be watching, and the backlog that they become. */
export class WaitingChunks {
  readonly #live = new Fifo<{ readonly pending: Pending; readonly sinceMs: number }>();
  readonly #backlog = new Fifo<Pending>();

  get isEmpty(): boolean {
    return this.#live.size === 0 && !this.hasBacklog;
  }

  get hasBacklog(): boolean {
    return this.#backlog.size > 0;
  }

  /** `sinceMs` never goes back. */
  add(pending: Pending, sinceMs: number): void {
    this.#live.push({ pending, sinceMs });
  }

  /** The oldest live chunk. Those before it have grown old and fall back: no timer has to look. */
  takeLive(nowMs: number): Pending | undefined {
    for (let next = this.#live.shift(); next !== undefined; next = this.#live.shift()) {
      if (nowMs - next.sinceMs < LIVE_MS) return next.pending;
      this.#backlog.push(next.pending);
    }
    return undefined;
  }

  takeBacklog(): Pending | undefined {
    return this.#backlog.shift();
  }
}
