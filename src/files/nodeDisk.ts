import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rm, statfs, unlink } from 'node:fs/promises';
import type { Disk, DiskFile } from './disk.js';
import { makeDirectory } from './makeDirectory.js';
import { replaceFile } from './replaceFile.js';
import { syncDirectory } from './syncDirectory.js';
import { untilFree } from './untilFree.js';
import { writeParts } from './writeParts.js';

/** How much the disk is asked to survive. */
export interface NodeDiskOptions {
  /** `false`: files and names are not synced, and survive a crash of the process only. Default `true`. */
  readonly sync?: boolean;
}

/** This computer's file system. */
export const nodeDisk = ({ sync = true }: NodeDiskOptions = {}): Disk => {
  const syncNames = sync ? syncDirectory : async (): Promise<void> => {};
  return {
    makeDirectory: async (path) => {
      await makeDirectory(path, { mode: 0o700, sync: syncNames });
      await refuseLink(path);
    },
    list: async (path) => {
      await refuseLink(path);
      const entries = await readdir(path, { withFileTypes: true });
      return entries.map((entry) => ({
        name: entry.name,
        kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : 'other',
      }));
    },
    create: async (path) => {
      const { O_CREAT, O_EXCL, O_WRONLY } = constants;
      return fileOf(await open(path, O_CREAT | O_EXCL | O_WRONLY | noFollow, 0o600), sync);
    },
    read: async (path, part) => {
      if (noFollow === 0) await refuseLink(path);
      // A pipe that somebody planted would keep a blocking open waiting for ever.
      const file = await open(path, constants.O_RDONLY | noFollow | (constants.O_NONBLOCK ?? 0));
      try {
        const stats = await file.stat();
        if (stats.isDirectory()) throw refusal('EISDIR', 'a directory', path);
        if (!stats.isFile()) throw refusal('EINVAL', 'no file', path);
        return part === undefined ? await file.readFile() : await partOf(file, part);
      } finally {
        await file.close();
      }
    },
    rename: replaceFile,
    remove: (path) =>
      untilFree(() => unlink(path)).catch((error: { code?: string }) => {
        if (error.code !== 'ENOENT') throw error;
      }),
    removeTree: (path) => untilFree(() => rm(path, { recursive: true, force: true })),
    syncFile: async (path) => {
      if (noFollow === 0) await refuseLink(path);
      const file = await open(path, constants.O_RDWR | noFollow); // Windows syncs no file that it may only read
      await (sync ? file.datasync() : Promise.resolve()).finally(() => file.close());
    },
    syncDirectory: syncNames,
    freeBytes: async (path) => {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    },
  };
};

type FilePart = NonNullable<Parameters<Disk['read']>[1]>;

/** Windows has no such flag. */
const noFollow = constants.O_NOFOLLOW ?? 0;

const fileOf = (file: FileHandle, sync: boolean): DiskFile => ({
  write: (parts) => writeParts(file, parts),
  sync: async () => {
    if (sync) await file.datasync();
  },
  close: () => file.close(),
});

const partOf = async (file: FileHandle, { from, bytes }: FilePart): Promise<Uint8Array> => {
  const { size } = await file.stat();
  const found = new Uint8Array(Math.max(0, Math.min(bytes, size - from)));
  let length = 0;
  while (length < found.byteLength) {
    const { bytesRead } = await file.read(found, length, found.byteLength - length, from + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return found.subarray(0, length);
};

const refuseLink = async (path: string): Promise<void> => {
  if ((await lstat(path)).isSymbolicLink()) throw refusal('ELOOP', 'a link, which is not followed', path);
};

const refusal = (code: string, reason: string, path: string): Error =>
  Object.assign(new Error(`${code}: ${reason}, '${path}'`), { code, path });
