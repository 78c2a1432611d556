/** Aborts what is not fed in time. */
export interface Watchdog {
  readonly signal: AbortSignal;
  /** Nothing is wrong for the next `ms`; after that, `what` has taken too long. */
  feed(ms: number, what: string): void;
  stop(): void;
}

/** A watchdog that also aborts with `outer`. */
export const watchdog = (outer: AbortSignal): Watchdog => {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const abort = () => controller.abort(outer.reason);
  if (outer.aborted) abort();
  outer.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    feed: (ms, what) => {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(new Error(`${what} for ${Math.ceil(ms)} ms`)), ms);
    },
    stop: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', abort);
    },
  };
};
