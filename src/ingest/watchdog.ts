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
  let isStopped = false;
  const abort = () => controller.abort(outer.reason);
  if (outer.aborted) abort();
  outer.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    feed: (ms, what) => {
      clearTimeout(timer);
      // A writer may still report a last slice; it must not keep the process alive.
      if (!isStopped) timer = setTimeout(() => controller.abort(timeout(`${what} for ${Math.ceil(ms)} ms`)), ms);
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      outer.removeEventListener('abort', abort);
    },
  };
};

const timeout = (message: string): DOMException => new DOMException(message, 'TimeoutError');
