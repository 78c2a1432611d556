import { IngestError, type IngestStep } from '../model/errors.js';
import { type Redact, redactedCause, redactor } from './redact.js';

/** The parts of an `IngestError`. */
export interface Failure {
  readonly step: IngestStep;
  readonly from: IngestError['context']['from'];
  /** What happened, after `<step>: `. */
  readonly what: string;
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** The error of one failed attempt, with every secret taken out of its message and its cause. */
export const failure = (
  { step, from, what, status, retryAfterMs, cause }: Failure,
  redact: Redact = redactor(),
): IngestError => {
  const message = redact(`${step}: ${what}`);
  const known = status === undefined ? {} : { status };
  return new IngestError(
    message,
    {
      step,
      from,
      ...known,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      problem: { tag: 'IngestError', message, ...known },
    },
    cause === undefined ? {} : { cause: redactedCause(cause, redact) },
  );
};
