import { Observable, type OperatorFunction, type SchedulerLike, type Subscriber } from 'rxjs';
import type { Pending } from '../journal/sessionJournal.js';
import type { Places } from './places.js';
import { WaitingChunks } from './waitingChunks.js';

/** What a run has just brought, or what has waited too long to be watched live. */
export type Lane = 'live' | 'backlog';

export interface LanesOptions {
  /** Chunks of the session on their way at a time. */
  readonly inFlight: number;
  /** From where the backlog of all sessions is sent; those of one are never more on their way, so that live ones find room. */
  readonly places: Places;
  readonly scheduler: SchedulerLike;
  /** All of it is backlog, whenever it comes. */
  readonly isOld: boolean;
}

type Send = (pending: Pending, lane: Lane) => Observable<unknown>;

/**
 * Sends chunks, `inFlight` at a time: the oldest live one first, else the oldest of the backlog when that has a free place.
 *
 * Completes when all are sent; errors as `send` does.
 */
export const lanes =
  (options: LanesOptions, send: Send): OperatorFunction<Pending, never> =>
  (pending$) =>
    new Observable((subscriber) => {
      const traffic = new Traffic(options, send, subscriber);
      subscriber.add(
        pending$.subscribe({
          next: (pending) => traffic.add(pending),
          error: (error) => subscriber.error(error),
          complete: () => traffic.addNoMore(),
        }),
      );
    });

class Traffic {
  readonly #waiting = new WaitingChunks();
  readonly #busy: Record<Lane, number> = { live: 0, backlog: 0 };
  #isLast = false;
  #isAsking = false;
  #isLetting = false;

  constructor(
    private readonly options: LanesOptions,
    private readonly send: Send,
    private readonly subscriber: Subscriber<never>,
  ) {}

  add(pending: Pending): void {
    const { isOld, scheduler } = this.options;
    this.#waiting.add(pending, isOld ? Number.NEGATIVE_INFINITY : scheduler.now());
    this.#letGo();
  }

  addNoMore(): void {
    this.#isLast = true;
    this.#letGo();
  }

  get #hasRoom(): boolean {
    return this.#busy.live + this.#busy.backlog < this.options.inFlight;
  }

  /** A loop and not a recursion: 100,000 chunks that are sent at once would fill the stack. */
  #letGo(): void {
    if (this.#isLetting) return;
    this.#isLetting = true;
    while (!this.subscriber.closed && this.#hasRoom && (this.#startLive() || this.#startBacklog()));
    this.#isLetting = false;
    if (this.#isLast && this.#waiting.isEmpty && this.#busy.live + this.#busy.backlog === 0) this.subscriber.complete();
  }

  #startLive(): boolean {
    return this.#start(this.#waiting.takeLive(this.options.scheduler.now()), 'live');
  }

  /** Now, when a place is free; else the session waits for its turn. */
  #startBacklog(): boolean {
    const { places } = this.options;
    if (this.#isAsking || !this.#waiting.hasBacklog || this.#busy.backlog >= places.size) return false;
    this.#isAsking = true;
    this.subscriber.add(
      places.free$.subscribe(() => {
        this.#isAsking = false;
        if (this.#hasRoom) this.#start(this.#waiting.takeBacklog(), 'backlog');
        this.#letGo();
      }),
    );
    return !this.#isAsking;
  }

  #start(pending: Pending | undefined, lane: Lane): boolean {
    if (pending === undefined) return false;
    this.#busy[lane]++;
    this.subscriber.add(
      this.send(pending, lane).subscribe({
        error: (error) => this.subscriber.error(error),
        complete: () => {
          this.#busy[lane]--;
          this.#letGo();
        },
      }),
    );
    return true;
  }
}
