import { LONGEST_WAIT_MS } from './waitOf.js';

/** When a failed attempt is made again: a value, stepped with {@link delayOf}. */
export interface RetryPolicy {
  /** The largest wait before the first retry, ms; it doubles with every retry. Default 500. */
  readonly baseMs?: number;
  /** The largest wait there is, ms. Default 30,000. */
  readonly capMs?: number;
  /** Retries, not attempts: 0 means one attempt. Default 8. */
  readonly maxRetries?: number;
  /**
   * Counts the retries from 1 again after every value. Default false. For streams that live long (a socket, server-sent
   * events): a request that emits progress would be retried for ever.
   */
  readonly resetOnSuccess?: boolean;
  /** Whether the error is worth another attempt. Default: every error is. */
  readonly shouldRetry?: (error: unknown, retryNo: number) => boolean;
  /** What the server asked for (`Retry-After`), ms: a floor of the wait, capped at 10 minutes. Default: nothing. */
  readonly retryAfterMs?: (error: unknown) => number | undefined;
  /** Told before each wait. */
  readonly onRetry?: (retry: { readonly error: unknown; readonly retryNo: number; readonly delayMs: number }) => void;
  /** A number from 0 to below 1. Default `Math.random`. */
  readonly random?: () => number;
}

/** A `Retry-After` of days would be a hang. */
const LONGEST_RETRY_AFTER_MS = 600_000;

/**
 * The wait before retry `retryNo` (from 1), ms: `Retry-After + random() * min(capMs, baseMs * 2^(retryNo - 1))`.
 *
 * Full jitter spreads clients that failed together (Brooker, "Exponential Backoff And Jitter", 2015); on top of a
 * `Retry-After`, because those clients were all given the same one.
 *
 * @internal
 */
export const delayOf = (policy: RetryPolicy, retryNo: number, error: unknown): number => {
  const { baseMs = 500, capMs = 30_000, retryAfterMs, random = Math.random } = policy;
  const asked = retryAfterMs?.(error) ?? 0;
  const floor = asked > 0 ? Math.min(asked, LONGEST_RETRY_AFTER_MS) : 0;
  return Math.min(LONGEST_WAIT_MS, floor + random() * Math.min(capMs, baseMs * 2 ** Math.min(retryNo - 1, 52)));
};
