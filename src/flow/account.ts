import type { Unsubscribable } from 'rxjs';
import { InputError } from '../model/errors.js';

/**
 * One holder's share of a {@link Budget}.
 *
 * It is an `Unsubscribable`: `subscriber.add(account)` gives every byte back on completion, error and unsubscription alike.
 */
export class Account implements Unsubscribable {
  #held = 0;
  #closed = false;

  /** @internal */
  constructor(private readonly change: (bytes: number) => void) {}

  /** Bytes charged and not yet released. */
  get held(): number {
    return this.#held;
  }

  /**
   * Charges `bytes`, also beyond the limit: a budget counts, and whoever brings the bytes waits or drops.
   *
   * @throws InputError for what is no number of bytes: it would make the whole budget uncountable.
   */
  charge(bytes: number): void {
    checkBytes(bytes);
    if (this.#closed) return;
    this.#held += bytes;
    this.change(bytes);
  }

  /** Gives `bytes` back, at most what is held. */
  release(bytes: number): void {
    checkBytes(bytes);
    const released = Math.min(bytes, this.#held);
    if (released === 0) return;
    this.#held -= released;
    this.change(-released);
  }

  /** Gives everything back, for good: later charges count nothing. */
  unsubscribe(): void {
    this.#closed = true;
    this.release(this.#held);
  }
}

const checkBytes = (bytes: number): void => {
  if (!(Number.isFinite(bytes) && bytes >= 0))
    throw new InputError('bytes', bytes, 'must be a number of bytes, 0 or more');
};
