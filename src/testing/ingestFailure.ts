import { IngestError, type IngestStep } from '../model/errors.js';

type From = IngestError['context']['from'];

/**
 * An `IngestError` as an attempt of a step would have failed with: by status, or by who failed.
 *
 * @example
 * ```ts
 * import { ingestFailure } from 'epistream/testing';
 *
 * console.log(ingestFailure('send', 422).message);
 * console.log(ingestFailure('create', 'network').context.from);
 * // → send: answered 422
 * // → network
 * ```
 */
export const ingestFailure = (
  step: IngestStep,
  why: number | Exclude<From, 'api'>,
  context: { readonly from?: From; readonly retryAfterMs?: number; readonly reached?: boolean } = {},
): IngestError => {
  const message = typeof why === 'number' ? `${step}: answered ${why}` : `${step}: failed in ${why}`;
  const status = typeof why === 'number' ? { status: why } : {};
  const from = typeof why === 'number' ? 'api' : why;
  return new IngestError(message, {
    step,
    from,
    ...status,
    ...context,
    problem: { tag: 'IngestError', message, ...status },
  });
};
