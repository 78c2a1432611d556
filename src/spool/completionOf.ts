import { AsyncSubject, type Observable } from 'rxjs';

/** Work as an Observable: hot, and told to nobody when nobody has subscribed. */
export const completionOf = (work: Promise<unknown>): Observable<never> => {
  const done$ = new AsyncSubject<never>();
  work.then(
    () => done$.complete(),
    (error: unknown) => done$.error(error),
  );
  return done$.asObservable();
};
