import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../files/makeDirectory.js';
import { replaceFile } from '../files/replaceFile.js';
import { syncDirectory } from '../files/syncDirectory.js';

/**
 * Files that are whole or not there, also after a power cut.
 *
 * A file is a draft in a directory of its own until it is written and synced; then one rename gives it its place and replaces what
 * was there. Drafts of a process that died are swept away when the next one opens the directory.
 */
export class DurableFiles {
  private constructor(private readonly drafts: string) {}

  /** @param drafts a directory on the file system the files will live on */
  static async open(drafts: string): Promise<DurableFiles> {
    await rm(drafts, { recursive: true, force: true });
    await makeDirectory(drafts);
    return new DurableFiles(drafts);
  }

  /** Writes a file in one go. `mode` is that of a new file. */
  async write(path: string, bytes: Uint8Array, mode = 0o666): Promise<void> {
    await this.draft(async (draft, place) => {
      await draft.writeFile(bytes);
      await place(path);
    }, mode);
  }

  /** Lends a draft to `use`, with the way to give it its place; a draft that got none is gone afterwards. */
  async draft<A>(
    use: (draft: FileHandle, place: (path: string) => Promise<void>) => Promise<A>,
    mode = 0o666,
  ): Promise<A> {
    const path = join(this.drafts, randomUUID());
    const draft = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, mode);
    try {
      return await use(draft, async (target) => {
        await draft.datasync();
        await draft.close();
        await makeDirectory(dirname(target));
        await replaceFile(path, target);
        await syncDirectory(dirname(target));
      });
    } finally {
      await draft.close();
      await rm(path, { force: true });
    }
  }
}
