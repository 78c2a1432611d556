import { EpistreamError } from '../model/errors.js';

/** What was given to a command does not go together, or names nothing that is there; said in the words of the command line. */
export class UsageError extends EpistreamError<'UsageError', object> {
  readonly _tag = 'UsageError';

  constructor(message: string) {
    super(message, {});
  }
}
