import { filter, firstValueFrom, last, mergeMap, NEVER, type Observable, race, throwError } from 'rxjs';
import { type ConnectOptions, checkConnectOptions, connect } from '../connect.js';
import { logOf } from '../delivery/logOf.js';
import { type Platform, rooms } from '../delivery/platform.js';
import { waitOf } from '../flow/waitOf.js';
import { BudgetError, IncompleteSessionError, InputError } from '../model/errors.js';
import type { SessionId } from '../model/identifiers.js';
import type { RheedSession } from '../model/rheedSession.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';
import type { TimeseriesSession } from '../model/timeseriesSession.js';

export interface StreamerOptions extends ConnectOptions {
  /** A platform that is connected already (`local`, `fakePlatform`), instead of `apiKey` and `endpoint`. Its sessions are logged here, too. */
  readonly platform?: Platform;
}

type OpenedSession = RheedSession | TimeseriesSession;

/** What every streamer does: opens sessions, knows them by their ids, and ends them. */
export abstract class Streamer<Running extends { readonly session: OpenedSession }> implements AsyncDisposable {
  /** The events of all sessions, from now on. */
  readonly events$: Observable<SessionEvent>;
  readonly #platform: Platform;
  readonly #running = new Map<SessionId, Running>();

  constructor({ platform, ...options }: StreamerOptions) {
    this.#platform = platform ?? connect(options);
    this.events$ = this.#platform.events$;
    if (platform === undefined) return;
    checkConnectOptions(options);
    this.events$.subscribe(logOf(options).event);
  }

  /**
   * Ends a session: resolves with its report when every chunk is delivered and the platform knows that the stream is over.
   *
   * Rejects with an `IncompleteSessionError` when a chunk was refused or lost, or when `drainTimeoutMs` (default: no limit) is over
   * first (delivery then goes on in the background, and `finalize` may be called again), and with a `SessionFailedError` when the
   * stream could not be ended. A session that resolved is forgotten: its id is an `InputError` from then on.
   */
  async finalize(session: SessionId, { drainTimeoutMs }: { drainTimeoutMs?: number } = {}): Promise<SessionReport> {
    const { session: ending } = this.of(session);
    const drained$ = ending.end().pipe(last());
    await firstValueFrom(drainTimeoutMs === undefined ? drained$ : race(drained$, this.#late(ending, drainTimeoutMs)));
    this.#running.delete(session);
    return ending.report();
  }

  /** Ends what is still open, as `platform.close()` does; rejects with an `IncompleteSessionError` when something was not delivered. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#platform[Symbol.asyncDispose]();
  }

  /** Resolves when the session is open, or kept where it may wait for that. */
  protected async opened(open: (platform: Platform) => Running): Promise<SessionId> {
    const running = open(this.#platform);
    const { session } = running;
    await firstValueFrom(race(session.opened$, this.#mayWait(session)));
    this.#running.set(session.id, running);
    return session.id;
  }

  protected of(session: SessionId): Running {
    const running = this.#running.get(session);
    if (running === undefined)
      throw new InputError('session', session, 'must be a session of this streamer that is not finalized');
    return running;
  }

  /** The budget and the clock of the platform. */
  protected get inside() {
    const { budget, clock } = this.#platform[rooms];
    return { budget, clock };
  }

  /** Throws a `BudgetError` while memory is used up: who pushes cannot be made to wait. */
  protected requireRoom(): void {
    const { budget } = this.inside;
    if (budget.used >= budget.bytes) throw new BudgetError(budget.used, budget.bytes);
  }

  /** What the disk keeps need not wait for a platform that is away, nor for a key that somebody has to mend. */
  #mayWait({ events$ }: OpenedSession): Observable<unknown> {
    const isKept = this.#platform[rooms].journals.spool !== undefined;
    return isKept ? events$.pipe(filter(({ type }) => type === 'retrying' || type === 'paused')) : NEVER;
  }

  #late(session: OpenedSession, afterMs: number): Observable<never> {
    return waitOf(afterMs, this.inside.clock.scheduler).pipe(
      mergeMap(() => throwError(() => new IncompleteSessionError(session.report()))),
    );
  }
}
