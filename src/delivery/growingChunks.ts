import {
  filter,
  finalize,
  type MonoTypeOperatorFunction,
  Observable,
  type SchedulerLike,
  type Subscriber,
  type Subscription,
  timer,
} from 'rxjs';
import { chunkName } from '../journal/chunkName.js';
import type { Pending, SessionJournal } from '../journal/sessionJournal.js';
import type { ChunkRef } from '../model/chunkRef.js';
import type { AskedTimeseries } from '../model/timeseriesOptions.js';

/** A chunk to which points are still added. */
interface Growth {
  /** Points that were accepted, sent or not. */
  points: number;
  /** What is to be sent next, with all that was added since the last time. */
  waiting?: Pending | undefined;
  isLate: boolean;
  isOut: boolean;
  timer?: Subscription | undefined;
  /** The platform refused it; what is added later brings these points along. */
  refused?: ChunkRef | undefined;
}

/**
 * Decides when chunks of points are sent: when they are full, when a point has waited for `flushAfterMs`, and when the session is
 * ending; never two requests for one chunk at a time, for each rewrites the same slice.
 */
export class GrowingChunks {
  readonly #growths = new Map<string, Growth>();
  /** By name, what was refused before anybody listened: in an earlier process. */
  #refused: ReadonlyMap<string, ChunkRef> = new Map();
  #subscriber: Subscriber<Pending> | undefined;
  /** Chunks that wait to be due. */
  #waiting = 0;
  #isLast = false;

  constructor(
    private readonly journal: SessionJournal,
    private readonly options: Pick<AskedTimeseries, 'pointsPerChunk' | 'flushAfterMs'>,
    private readonly scheduler: SchedulerLike,
  ) {}

  /** Lets a chunk pass when it is due, with all its points; completes after the last. */
  due(): MonoTypeOperatorFunction<Pending> {
    return (pending$) =>
      new Observable((subscriber) => {
        this.#subscriber = subscriber;
        this.#refused = new Map(this.journal.report().deadLetters.map(({ chunk }) => [chunkName(chunk), chunk]));
        subscriber.add(() => {
          for (const { timer } of this.#growths.values()) timer?.unsubscribe();
        });
        subscriber.add(
          this.journal.events$
            .pipe(filter((event) => event.type === 'rejected'))
            .subscribe(({ chunk }) => this.#refuse(chunk)),
        );
        subscriber.add(
          pending$.subscribe({
            next: (pending) => this.#add(pending),
            error: (error) => subscriber.error(error),
            complete: () => this.#addNoMore(),
          }),
        );
      });
  }

  /** Around the sending of a chunk that was due: what is added in the meantime waits. */
  sent<T>({ chunk }: Pending): MonoTypeOperatorFunction<T> {
    return finalize(() => {
      const growth = this.#growths.get(chunkName(chunk));
      if (growth === undefined) return;
      growth.isOut = false;
      this.#look(chunkName(chunk), growth);
    });
  }

  #add(pending: Pending): void {
    const name = chunkName(pending.chunk);
    const growth = this.#growths.get(name) ?? {
      points: 0,
      isLate: false,
      isOut: false,
      refused: this.#refused.get(name),
    };
    this.#growths.set(name, growth);
    const { waiting } = growth;
    const { items } = pending.chunk;
    growth.points += items;
    growth.waiting = { ...pending, chunk: { ...pending.chunk, items: items + (waiting?.chunk.items ?? 0) } };
    if (waiting === undefined) {
      this.#waiting++;
      this.#start(name, growth);
    }
    this.#look(name, growth);
  }

  #start(name: string, growth: Growth): void {
    const { flushAfterMs } = this.options;
    growth.isLate = flushAfterMs === 0;
    if (growth.isLate || this.#isFull(growth)) return;
    growth.timer = timer(flushAfterMs, this.scheduler).subscribe(() => {
      growth.isLate = true;
      this.#look(name, growth);
    });
  }

  #addNoMore(): void {
    this.#isLast = true;
    for (const [name, growth] of [...this.#growths]) this.#look(name, growth);
    this.#completeIfDone();
  }

  #look(name: string, growth: Growth): void {
    const { waiting } = growth;
    const isFull = this.#isFull(growth);
    if (growth.isOut || this.#subscriber?.closed) return;
    if (waiting !== undefined && (isFull || growth.isLate || this.#isLast)) {
      growth.timer?.unsubscribe();
      growth.waiting = undefined;
      growth.isOut = true;
      this.#waiting--;
      this.#subscriber?.next(this.#withRefused(waiting, growth));
      this.#completeIfDone();
    } else if (waiting === undefined && (isFull || this.#isLast)) this.#growths.delete(name);
  }

  /** What was refused may be taken with what came after it. */
  #withRefused(pending: Pending, growth: Growth): Pending {
    const { refused } = growth;
    if (refused === undefined) return pending;
    growth.refused = undefined;
    this.journal.append({ type: 'retried', chunk: refused });
    return { ...pending, chunk: { ...pending.chunk, items: pending.chunk.items + refused.items } };
  }

  #refuse(chunk: ChunkRef): void {
    const growth = this.#growths.get(chunkName(chunk));
    if (growth !== undefined) growth.refused = chunk;
  }

  #isFull({ points }: Growth): boolean {
    return points >= this.options.pointsPerChunk;
  }

  #completeIfDone(): void {
    if (this.#isLast && this.#waiting === 0) this.#subscriber?.complete();
  }
}
