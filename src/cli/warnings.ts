import { fromEvent, map, type Observable } from 'rxjs';

/** What the library warns of, for whoever listens; Node prints it no more. */
export const warnings = (): Observable<string> => {
  process.removeAllListeners('warning');
  return fromEvent(process, 'warning').pipe(map((warning) => (warning as Error).message));
};
