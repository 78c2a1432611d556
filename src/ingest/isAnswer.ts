import { IngestError } from '../model/errors.js';

/** Whether an attempt failed because the platform answered with one of these. */
export const isAnswer = (error: unknown, ...statuses: readonly number[]): boolean =>
  error instanceof IngestError && error.context.from === 'api' && statuses.includes(error.context.status ?? 0);
