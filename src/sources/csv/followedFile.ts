import { type FileHandle, open, stat } from 'node:fs/promises';
import { beginsAsGzip, finishedFile, readPart } from './finishedFile.js';

/** What following a file comes upon: bytes, nothing new, or that another file now begins under its name. */
export type FollowedPart = Uint8Array | 'idle' | 'not there' | 'rotated' | 'truncated';

/**
 * Reads a file and what is added to it, for ever, across its replacement by a new one and its being emptied. A zipped file is a
 * finished one: it is read to its end.
 *
 * Each `'idle'` and `'not there'` is one look: whoever reads waits before the next. A file that is replaced is read to its end
 * before the new one. One that is emptied and by the next look is longer than it was seems to have grown: its size is all there is to see.
 *
 * @internal
 */
export async function* followedFile(path: string): AsyncGenerator<FollowedPart> {
  for (let first = true; ; first = false) {
    const handle = yield* opened(path);
    try {
      if (first && (await beginsAsGzip(handle))) return yield* finishedFile(path);
      if (!first) yield 'rotated';
      yield* untilReplaced(handle, path);
    } finally {
      await handle.close();
    }
  }
}

async function* opened(path: string): AsyncGenerator<FollowedPart, FileHandle> {
  for (let part: FollowedPart = 'not there'; ; part = 'idle') {
    const handle = await open(path).catch(unlessAway);
    if (handle !== undefined) return handle;
    yield part;
  }
}

async function* untilReplaced(handle: FileHandle, path: string): AsyncGenerator<FollowedPart> {
  let position = 0;
  for (let replaced = false; ; ) {
    const bytes = await readPart(handle, position);
    position += bytes.length;
    if (bytes.length > 0) {
      yield bytes;
    } else if (replaced) {
      return;
    } else if ((await handle.stat()).size < position) {
      position = 0;
      yield 'truncated';
    } else {
      // What was written between the last read and the replacement is read in one more round.
      replaced = await isReplaced(handle, path);
      if (!replaced) yield 'idle';
    }
  }
}

const isReplaced = async (handle: FileHandle, path: string): Promise<boolean> => {
  const now = await stat(path, { bigint: true }).catch(unlessAway);
  if (now === undefined) return false;
  const { ino, dev } = await handle.stat({ bigint: true });
  return now.ino !== ino || now.dev !== dev;
};

/** Windows says the last two of a file that is being replaced. */
const away: readonly unknown[] = ['ENOENT', 'EBUSY', 'EPERM'];

const unlessAway = (error: unknown): undefined => {
  if (!away.includes(Object(error).code)) throw error;
};
