import type { LogError } from '../../model/errors.js';

/** What is worth knowing of a log, and no reason to stop. `message` says it in a sentence. */
export type LogNotice = { readonly message: string; readonly path: string } & (
  | {
      /** Of these channels the file has not one reading. */
      readonly type: 'empty';
      readonly channels: readonly string[];
    }
  | {
      /** The last row has no line end: the file ends in the middle of it. It was not read. */
      readonly type: 'cut row';
      readonly line: number;
      readonly content: string;
    }
  | {
      /** A row could not be read and was left out, as `onGarbage: 'drop'` asks. */
      readonly type: 'garbage';
      readonly error: LogError;
    }
  | {
      /** The header names another channel than the file's name. The channel is called as the file is. */
      readonly type: 'foreign header';
      readonly channel: string;
      readonly header: string;
    }
  | {
      /** The file has times of the hour that autumn repeats: which of the two moments they are is told from the order of the rows. */
      readonly type: 'repeated hour';
    }
  | {
      /** The file is not one of those that are read. */
      readonly type: 'not read';
    }
  | {
      /** The file that is followed does not exist, and is waited for. */
      readonly type: 'not there';
    }
  | {
      /** The file that is followed begins anew: another one has taken its place, or it was emptied. */
      readonly type: 'rotated' | 'truncated';
    }
);

/** Who is told; by default the process, as a warning. */
export type TellLog = (notice: LogNotice) => void;

/** @internal */
export const warnOfLog: TellLog = ({ message }) => process.emitWarning(message);

/** @internal */
export const repeatedHour = (path: string, text: string): LogNotice => ({
  type: 'repeated hour',
  message: `${path} has times that came twice in one night (${text}): the order of its rows says which`,
  path,
});
