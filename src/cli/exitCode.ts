import { isComplete } from '../model/isComplete.js';
import type { RunPart } from '../model/runStreamName.js';
import type { SessionReport } from '../model/sessionReport.js';

/** 0: all was delivered and every stream was ended. 1: something was not. 2: bad usage or bad input. */
export type ExitCode = 0 | 1 | 2;

/** What a session came to. Without a report none was opened. */
export interface RunEnd {
  readonly report?: SessionReport;
  readonly error?: unknown;
  /** Which of a run's sessions it is. */
  readonly part?: RunPart;
  /** Where what was read for it still is, in words. */
  readonly origin?: string;
}

/** The exit code of one session, or of several: what was not delivered weighs more than bad input, which can be read again. */
export const exitCodeOf = (...ends: readonly RunEnd[]): ExitCode => {
  const codes = ends.map(codeOf);
  if (codes.includes(1)) return 1;
  return codes.includes(2) ? 2 : 0;
};

const codeOf = ({ report, error }: RunEnd): ExitCode => {
  if (report !== undefined && !isComplete(report)) return 1;
  if (error === undefined) return 0;
  return isBadInput(error) ? 2 : 1;
};

const isBadInput = (error: unknown): boolean =>
  ['InputError', 'ImageError', 'LogError', 'UsageError'].includes(Object(error)._tag);
