import { Observable } from 'rxjs';
import { InputError } from '../model/errors.js';
import { Account } from './account.js';

/**
 * Counts the bytes that the library holds, so that a slow platform makes sources wait instead of filling memory.
 *
 * Counted is what waits for a timer or the network: frames queued by `paceAt`, items inside `chargedMergeMap`, everything a
 * sink has accepted and not yet made durable or delivered. Not counted is what waits for more input (`bufferCount`) and what
 * your own buffering operators hold. Pull sources wait from `pullUntil` bytes on, push sources apply their overflow policy at
 * `bytes`; so at most `pullUntil` bytes are held, and for each pipeline one chunk and one item more.
 *
 * Pipelines on one budget are coupled: a stalled one makes its neighbours wait. Give a pipeline a budget of its own to
 * isolate it, and give it to the source as well: a source on the default budget does not feel a platform with its own.
 *
 * @example A budget for one pipeline
 * ```ts
 * import { Budget } from 'epistream';
 *
 * const budget = new Budget(64 * 2 ** 20);
 * const account = budget.account();
 * account.charge(40 * 2 ** 20);
 * console.log(budget.used, budget.room);
 * // → 41943040 false
 * account.unsubscribe();
 * console.log(budget.used, budget.room, budget.peak);
 * // → 0 true 41943040
 * ```
 */
export class Budget {
  static #shared: Budget | undefined;
  readonly #waiting = new Set<() => void>();
  #used = 0;
  #peak = 0;

  /** The default budget of everything in this process: 1 GiB. */
  static get shared(): Budget {
    Budget.#shared ??= new Budget(2 ** 30);
    return Budget.#shared;
  }

  /**
   * @param bytes Push sources (cameras) drop or fail from here on.
   * @param pullUntil Pull sources (files, iterables) wait from here on. Default half of `bytes`, so that they never starve a camera.
   */
  constructor(
    readonly bytes: number,
    readonly pullUntil: number = bytes / 2,
  ) {
    if (typeof bytes !== 'number' || !(bytes > 0))
      throw new InputError('bytes', bytes, 'must be a number of bytes above 0');
    if (!(pullUntil > 0 && pullUntil <= bytes))
      throw new InputError('pullUntil', pullUntil, `must be a number of bytes above 0, at most bytes (${bytes})`);
  }

  /** Bytes held now. */
  get used(): number {
    return this.#used;
  }

  /** The most bytes held at any moment so far. */
  get peak(): number {
    return this.#peak;
  }

  /** Pull sources waiting for room. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whether a pull source may bring one more item. Always so when nothing is held: an item larger than the limit passes as well. */
  get room(): boolean {
    return this.#used < this.pullUntil;
  }

  /** Emits once and completes when there is room: synchronously if there is now. */
  readonly room$: Observable<void> = new Observable((subscriber) => {
    const wake = () => {
      this.#waiting.delete(wake);
      subscriber.next();
      subscriber.complete();
    };
    if (this.room) return wake();
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  });

  /** A new holder's share. */
  account(): Account {
    return new Account((bytes) => this.#change(bytes));
  }

  #change(bytes: number): void {
    this.#used += bytes;
    this.#peak = Math.max(this.#peak, this.#used);
    if (bytes < 0) this.#wake();
  }

  /** Wakes all while there is room: a woken source may have gone, or pull an item that a filter drops. */
  #wake(): void {
    for (const wake of [...this.#waiting]) {
      if (!this.room) return;
      wake();
    }
  }
}
