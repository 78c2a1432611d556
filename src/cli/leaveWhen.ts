import { defer, filter, interval, map, merge, of, take, timer } from 'rxjs';

const LOOK_MS = 10;

/** Ends the process with 1 as soon as `isSafe` says so, and after `withinMs` in any case; `say` has the last word. */
export const leaveWhen = (isSafe: () => boolean, withinMs: number, say: () => void): void => {
  const safe$ = merge(
    defer(() => of(0)),
    interval(LOOK_MS),
  ).pipe(map(isSafe), filter(Boolean));
  merge(safe$, timer(withinMs))
    .pipe(take(1))
    .subscribe(() => {
      say();
      // On Windows a pipe is written in the background, and an exit would cut it short.
      process.stdout.write('', () => process.stderr.write('', () => process.exit(1)));
    });
};
