// Users compile our declarations with `lib: es2022`, which knows no AsyncDisposable.
/// <reference lib="esnext.disposable" preserve="true" />
import type { Observable } from 'rxjs';
import type { PlatformStatus } from './platformStatus.js';
import type { SessionEvent } from './sessionEvent.js';
import type { SessionReport } from './sessionReport.js';

/** An ingest platform, as a pipeline's owner sees it. */
export interface PublicPlatform extends AsyncDisposable {
  /** The platform's health: at once, then whenever it changes. */
  readonly status$: Observable<PlatformStatus>;
  /** Every session's events, also of those that nobody subscribes to any more. Hot; never errors; completes with `close`. */
  readonly events$: Observable<SessionEvent>;
  /**
   * Stops every source, delivers what was accepted, ends every stream, and resolves with the report of each session that was open.
   *
   * Look at the reports: it rejects only for a `deadlineMs` that is none, with an `InputError`. What is undelivered after
   * `deadlineMs` (default 30,000; `Infinity` waits for ever) is given up. `await using` does the same and rejects with an
   * `IncompleteSessionError` when a report is incomplete.
   */
  close(options?: { readonly deadlineMs?: number }): Promise<readonly SessionReport[]>;
}
