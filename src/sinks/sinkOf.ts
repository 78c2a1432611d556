import { merge, mergeMap, Observable, type OperatorFunction, ReplaySubject, takeUntil, tap } from 'rxjs';
import type { Rooms } from '../delivery/platform.js';
import { PlatformClosedError } from '../model/errors.js';
import type { Outcome } from '../model/outcome.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { SessionWriter } from './sessionWriter.js';
import { type Failure, withVerdict } from './withVerdict.js';

/** What a sink takes, and what writes it down. */
export interface SinkParts<T, W extends SessionWriter> {
  /** Throws for a first item that cannot be taken: nothing is opened for it. */
  readonly check: (item: T) => void;
  readonly open: () => W;
  readonly add: (writer: W, item: T) => void;
}

/**
 * The life of a sink: a session that opens at the first item (or at an empty end), takes every item, and ends as the source does. Its
 * events come out, then what they come to.
 */
export const sinkOf =
  <T, W extends SessionWriter>(
    inside: Rooms,
    { check, open, add }: SinkParts<T, W>,
  ): OperatorFunction<T | readonly T[], SessionEvent> =>
  (source) =>
    new Observable((subscriber) => {
      if (inside.isClosing) return subscriber.error(new PlatformClosedError());
      const left$ = new ReplaySubject<void>(1);
      let writer: W | undefined;
      let outcome: Outcome = 'complete';
      let failure: Failure | undefined;

      const opened = (): W => {
        const fresh = open();
        writer = fresh;
        fresh.journal.events$.pipe(withVerdict(() => failure)).subscribe(subscriber);
        inside.deliver(fresh.journal, () => {
          const kept$ = fresh.stop();
          left$.next(); // nobody takes its items any more
          return kept$;
        });
        return fresh;
      };
      const end = () => {
        if (writer === undefined && failure !== undefined) subscriber.error(failure.error);
        else if (writer === undefined && outcome === 'cancelled') subscriber.complete();
        else (writer ?? opened()).end(outcome, failure?.error);
      };

      subscriber.add(() => left$.next());
      source
        .pipe(
          takeUntil(
            merge(left$, inside.closing$).pipe(
              tap(() => {
                outcome = 'cancelled';
              }),
            ),
          ),
          mergeMap((items) => (Array.isArray(items) ? items : [items]) as T[]),
          tap((item) => {
            if (writer === undefined) check(item); // before anything is opened for it; the writer checks the others
            add(writer ?? opened(), item);
          }),
        )
        .subscribe({
          error: (error: unknown) => {
            outcome = 'failed';
            failure = { error };
            end();
          },
          complete: end,
        });
      return undefined;
    });
