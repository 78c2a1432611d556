import { defer, type MonoTypeOperatorFunction, mergeMap, type Observable, tap, timer } from 'rxjs';
import type { SessionJournal } from '../journal/sessionJournal.js';
import { IngestError } from '../model/errors.js';
import { type Problem, toProblem } from '../model/problem.js';
import { retryBackoff } from '../operators/retryBackoff.js';
import { Gate } from './gate.js';
import type { Line } from './line.js';
import type { Rooms } from './platform.js';
import { hasTakenKey, type Verdict, verdictOn } from './verdict.js';

/** Repeats a call of one session until it succeeds or is refused: the answer table at work. */
export class Attempts {
  /** Held while the session is forbidden (403) what others may do. */
  readonly gate = new Gate();
  /** The last failure since something succeeded, for whoever gives up waiting. */
  lastProblem: Problem | undefined;

  constructor(
    private readonly journal: SessionJournal,
    private readonly line: Line,
    private readonly rooms: Pick<Rooms, 'clock' | 'retry' | 'ingest'>,
  ) {}

  /** `call` is asked for a fresh Observable at every attempt. An error of the result is final: `verdict` says what it means. */
  of<T>(step: string, call: () => Observable<T>): Observable<T> {
    const { retry, clock } = this.rooms;
    let isRetry = false;
    return defer(() => (isRetry ? this.#afterToken(call) : call())).pipe(
      tap({ next: () => this.#answered(), complete: () => this.#succeeded(), error: (error) => this.#failed(error) }),
      this.line.gate.pass(),
      this.gate.pass(),
      retryBackoff<T>(
        {
          ...retry,
          shouldRetry: (error) => ['retry', 'pause'].includes(this.verdict(error).means),
          retryAfterMs: (error) => (error instanceof IngestError ? error.context.retryAfterMs : undefined),
          onRetry: ({ error, delayMs }) => {
            isRetry = true;
            this.journal.notify({ type: 'retrying', step, inMs: Math.round(delayMs), problem: toProblem(error) });
          },
        },
        clock.scheduler,
      ) as MonoTypeOperatorFunction<T>,
    );
  }

  verdict(error: unknown): Verdict {
    const { keyHasWorked } = this.line;
    return verdictOn(error, keyHasWorked || this.rooms.ingest.keyMayChange || this.journal.isDurable);
  }

  #afterToken<T>(call: () => Observable<T>): Observable<T> {
    const { scheduler } = this.rooms.clock;
    const waitMs = this.line.tokens.take(scheduler.now());
    return waitMs > 0 ? timer(waitMs, scheduler).pipe(mergeMap(call)) : call();
  }

  /** The API took the key. An upload that is under way tells nothing of the storage yet, so an outage is not over. */
  #answered(): void {
    this.line.keyHasWorked = true;
    this.line.gate.resume();
    this.gate.resume();
  }

  #succeeded(): void {
    this.lastProblem = undefined;
    this.line.keyHasWorked = true;
    this.line.gate.open();
    this.gate.open();
  }

  #failed(error: unknown): void {
    const verdict = this.verdict(error);
    const problem = toProblem(error);
    this.lastProblem = problem;
    if (verdict.means === 'pause') (verdict.whom === 'platform' ? this.line.gate : this.gate).hold(problem, true);
    else if (verdict.means === 'retry' && verdict.outage) this.line.gate.hold(problem, false);
    else if (hasTakenKey(error)) this.line.gate.open(); // it answered: there is no outage
  }
}
