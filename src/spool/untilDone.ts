import { defer, firstValueFrom, type Observable, raceWith, retry } from 'rxjs';
import type { Clock } from '../flow/clock.js';
import { delayOf } from '../flow/retryPolicy.js';
import { waitOf } from '../flow/waitOf.js';
import { diskBackoff } from './diskBackoff.js';

/** Told of each failure of the disk, with the wait before the next attempt. */
export type OnTrouble = (error: unknown, inMs: number) => void;

/** Takes a step on the disk, again and again until it succeeds, or `left$` fails. */
export const untilDone = <T>(
  step: () => Promise<T>,
  { scheduler }: Clock,
  onTrouble: OnTrouble,
  left$: Observable<never>,
): Promise<T> =>
  firstValueFrom(
    defer(step).pipe(
      retry({
        delay: (error, count) => {
          const inMs = delayOf(diskBackoff, count, error);
          onTrouble(error, inMs);
          return waitOf(inMs, scheduler);
        },
      }),
      raceWith(left$),
    ),
  );
