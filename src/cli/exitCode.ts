import { isComplete } from '../model/isComplete.js';
import type { SessionReport } from '../model/sessionReport.js';

/** 0: all was delivered and the stream was ended. 1: something was not. 2: bad usage or bad input. */
export type ExitCode = 0 | 1 | 2;

/** What a run came to. Without a report no session was opened. */
export interface RunEnd {
  readonly report?: SessionReport;
  readonly error?: unknown;
}

/** What was not delivered weighs more than bad input: the input can be read again. */
export const exitCodeOf = ({ report, error }: RunEnd): ExitCode => {
  if (report !== undefined && !isComplete(report)) return 1;
  if (error === undefined) return 0;
  return isBadInput(error) ? 2 : 1;
};

const isBadInput = (error: unknown): boolean => ['InputError', 'ImageError'].includes(Object(error)._tag);
