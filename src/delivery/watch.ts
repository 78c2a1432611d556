import type { Observable } from 'rxjs';
import type { PlatformStatus } from '../model/platformStatus.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { Parts } from './platform.js';
import { publish } from './publish.js';
import { spoolWarnings } from './spoolWarnings.js';

/** Tells those who look on from outside of a platform's pipelines: its log, and the diagnostics channels. */
export const watch = (
  events$: Observable<SessionEvent>,
  status$: Observable<PlatformStatus>,
  { log, journals, clock }: Parts,
): void => {
  publish(events$, status$);
  events$.subscribe((event) => log?.event(event));
  const spool = journals.spool?.bind(journals);
  if (spool !== undefined) spoolWarnings(events$, spool, clock.scheduler).subscribe((message) => log?.warn(message));
};
