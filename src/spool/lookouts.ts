import { Observable } from 'rxjs';

/** Emits at once, and then every so many ms; keeps no process alive that has nothing else to do. */
export const lookouts = (everyMs: number): Observable<void> =>
  new Observable((subscriber) => {
    subscriber.next();
    const timer = setInterval(() => subscriber.next(), everyMs).unref();
    return () => clearInterval(timer);
  });
