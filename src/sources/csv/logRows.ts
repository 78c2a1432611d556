import { EpistreamError, LogError } from '../../model/errors.js';
import { finishedFile } from './finishedFile.js';
import { followedFile } from './followedFile.js';
import { type Log, LogPage } from './logPage.js';

/**
 * Reads the rows of a log's file, several at a time. None at a time are said when a file that is followed has nothing new.
 *
 * @internal
 */
export async function* logRows<T>(log: Log<T>, follow: boolean): AsyncGenerator<readonly T[]> {
  const { path, tell } = log;
  let page = new LogPage(log);
  try {
    for await (const part of follow ? followedFile(path) : finishedFile(path)) {
      if (typeof part !== 'string') {
        yield* page.read(part);
      } else if (part === 'rotated' || part === 'truncated') {
        yield* page.end();
        page = new LogPage(log);
        tell({ type: part, message: `${path} was ${part}: it is read from its beginning`, path });
      } else {
        if (part === 'not there') tell({ type: part, message: `${path} does not exist yet, and is waited for`, path });
        yield [];
      }
    }
    yield* page.end();
  } catch (cause) {
    throw cause instanceof EpistreamError ? cause : new LogError(path, String(Object(cause).message), undefined, cause);
  }
  tellEmpty(log, page.silent);
}

const tellEmpty = <T>({ path, tell, expects }: Log<T>, channels: readonly string[] = expects): void => {
  if (channels.length === 0) return;
  const message = `${path} has no reading of ${channels.join(', ')}`;
  tell({ type: 'empty', message, path, channels });
};
