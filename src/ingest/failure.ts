import { IngestError, type IngestStep } from '../model/errors.js';
import { neverConnected } from './neverConnected.js';
import { messageOf, type Redact, redactedCause, redactor } from './redact.js';

/** The parts of an `IngestError`. */
export interface Failure {
  readonly step: IngestStep;
  readonly from: IngestError['context']['from'];
  /** What happened, after `<step>: `. */
  readonly what: string;
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  /** No connection was made: the request cannot have taken effect. */
  readonly neverSent?: boolean;
  readonly cause?: unknown;
}

/** The error of one failed attempt, with every secret taken out of its message and its cause. */
export const failure = (
  { step, from, what, status, retryAfterMs, neverSent, cause }: Failure,
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
      ...(neverSent ? { reached: false } : {}),
      problem: { tag: 'IngestError', message, ...known },
    },
    cause === undefined ? {} : { cause: redactedCause(cause, redact) },
  );
};

/** The error of an attempt that got no answer from `where`. */
export const noAnswer = (step: IngestStep, where: string, cause: unknown, redact: Redact): IngestError =>
  failure(
    {
      step,
      from: 'network',
      what: `no answer from ${where}: ${messageOf(cause)}`,
      neverSent: neverConnected(cause),
      cause,
    },
    redact,
  );
