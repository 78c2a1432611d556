import { fromEvent, merge, type Observable, scan, throttleTime } from 'rxjs';

/** Ctrl-C, a polite kill, a terminal that is closed; on Windows also Ctrl-Break. A console that closes there sends SIGHUP. */
const names = ['SIGINT', 'SIGTERM', 'SIGHUP', ...(process.platform === 'win32' ? ['SIGBREAK'] : [])];

/** `npx` passes on what the terminal has sent to both: one request comes twice, milliseconds apart. */
const ECHO_MS = 250;

/** The requests to stop, numbered from 1. While somebody listens, none of them ends the process by itself. */
export const signals = (): Observable<number> =>
  merge(...names.map((name) => fromEvent(process, name))).pipe(
    throttleTime(ECHO_MS),
    scan((count) => count + 1, 0),
  );
