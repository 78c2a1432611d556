import { BehaviorSubject, finalize, type MonoTypeOperatorFunction, mergeMap, Observable } from 'rxjs';
import type { Problem } from '../model/problem.js';

type State =
  | { readonly is: 'open' }
  /** Held by an outage (`isPause: false`), or until somebody mends a key or a right. */
  | { readonly is: 'held'; readonly problem: Problem; readonly isPause: boolean };

/** Lets attempts through: all of them while it is open; while it is held one at a time, the probe. */
export class Gate {
  readonly #state$ = new BehaviorSubject<State>({ is: 'open' });
  readonly #waiting = new Set<() => void>();
  #probe: object | undefined;

  /** Open, or held and why: at once, then at every change. */
  readonly state$ = this.#state$.asObservable();

  get state(): State {
    return this.#state$.value;
  }

  /** An outage does not end a pause: nobody has mended anything. */
  hold(problem: Problem, isPause: boolean): void {
    const { value } = this.#state$;
    if (value.is === 'open' || (isPause && !value.isPause)) this.#state$.next({ is: 'held', problem, isPause });
  }

  /** Ends a pause; an outage goes on. */
  resume(): void {
    const { value } = this.#state$;
    if (value.is === 'held' && value.isPause) this.open();
  }

  open(): void {
    if (this.#state$.value.is === 'open') return;
    this.#state$.next({ is: 'open' });
    for (const go of [...this.#waiting]) go();
  }

  /** Subscribes to the source when it may go. */
  pass<T>(): MonoTypeOperatorFunction<T> {
    return (source) =>
      new Observable<T>((subscriber) => {
        const ticket = {};
        return this.#turn$(ticket)
          .pipe(
            mergeMap(() => source),
            finalize(() => this.#leave(ticket)),
          )
          .subscribe(subscriber);
      });
  }

  #turn$(ticket: object): Observable<void> {
    return new Observable((subscriber) => {
      const go = () => {
        if (this.#state$.value.is === 'held') {
          if (this.#probe !== undefined) return;
          this.#probe = ticket;
        }
        this.#waiting.delete(go);
        subscriber.next();
        subscriber.complete();
      };
      subscriber.add(() => this.#waiting.delete(go));
      this.#waiting.add(go);
      go();
    });
  }

  /** The probe's place goes to whoever has waited longest. */
  #leave(ticket: object): void {
    if (this.#probe !== ticket) return;
    this.#probe = undefined;
    const [next] = this.#waiting;
    next?.();
  }
}
