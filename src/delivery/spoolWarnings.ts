import {
  distinctUntilKeyChanged,
  EMPTY,
  map,
  mergeMap,
  type Observable,
  of,
  type SchedulerLike,
  scan,
  throttleTime,
} from 'rxjs';
import type { SpoolStatus } from '../model/spoolStatus.js';

interface Seen {
  readonly is: 'fine' | 'filling' | 'full';
  readonly status?: SpoolStatus;
}

const LOOK_EVERY_MS = 1_000;
const TOO_FEW_HOURS = 2;
// Around one bound a spool would be warned of again and again.
const ENOUGH_HOURS = 3;
const ENOUGH_ROOM = 0.1;

/**
 * What there is to warn of a spool: that it will be full within two hours, and that it is. Each once, until there is room again.
 *
 * It looks when something happens, at most once a second: no timer goes on by itself, and while chunks wait something does happen.
 */
export const spoolWarnings = (
  happens$: Observable<unknown>,
  spool: () => SpoolStatus,
  scheduler: SchedulerLike,
): Observable<string> =>
  happens$.pipe(
    throttleTime(LOOK_EVERY_MS, scheduler),
    map(spool),
    scan<SpoolStatus, Seen>((before, status) => ({ is: next(before, status), status }), { is: 'fine' }),
    distinctUntilKeyChanged('is'),
    mergeMap(({ is, status }) => (is === 'fine' || status === undefined ? EMPTY : of(warning(is, status)))),
  );

const next = (before: Seen, { isFull, hoursLeft = Infinity, roomBytes, usedBytes }: SpoolStatus): Seen['is'] => {
  // At one look alone it may be a chunk that waits for a moment.
  if (isFull) return before.status?.isFull ? 'full' : before.is;
  if (before.is === 'fine') return hoursLeft < TOO_FEW_HOURS ? 'filling' : 'fine';
  return hoursLeft >= ENOUGH_HOURS && roomBytes >= ENOUGH_ROOM * usedBytes ? 'fine' : before.is;
};

const warning = (is: 'filling' | 'full', { dir, hoursLeft = 0 }: SpoolStatus): string =>
  is === 'full'
    ? `the spool in ${dir} is full: sources wait, or follow their overflow policy, until the platform has taken some of it`
    : `the spool in ${dir} will be full in ${Math.round(hoursLeft * 60)} minutes at the pace of the last ones`;
