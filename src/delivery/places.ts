import { finalize, type MonoTypeOperatorFunction, mergeMap, Observable } from 'rxjs';

/** A few places for many: whoever has waited longest is the next to be told of a free one. */
export class Places {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(readonly size: number) {
    this.#free = size;
  }

  /** Emits once when a place is free, synchronously if one is now. It is taken with `pass`, there and then, or the next is told. */
  readonly free$: Observable<void> = new Observable((subscriber) => {
    const tell = () => {
      this.#waiting.delete(tell);
      subscriber.next();
      subscriber.complete();
    };
    if (this.#free > 0) return tell();
    this.#waiting.add(tell);
    return () => this.#waiting.delete(tell);
  });

  /** Subscribes to the source when a place is free, and holds it until that is over. */
  pass<T>(): MonoTypeOperatorFunction<T> {
    return (source) =>
      this.free$.pipe(
        mergeMap(() => {
          this.#free--;
          return source.pipe(finalize(() => this.#leave()));
        }),
      );
  }

  #leave(): void {
    this.#free++;
    for (let [next] = this.#waiting; next !== undefined && this.#free > 0; [next] = this.#waiting) next();
  }
}
