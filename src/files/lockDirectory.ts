import { createHash } from 'node:crypto';
import { close, constants, fstat, lstat, open } from 'node:fs';
import { realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lock } from './lock.js';

/**
 * A lock that the system's kernel takes back when its owner dies: no pid is written down, and nothing stale has to be judged.
 *
 * On Linux it is a listening socket with an abstract name, on Windows a named pipe, both called after the directory's real path and
 * the name. Those on Linux are one owner's in a network namespace: containers that share a folder but no network do not see each
 * other's. On macOS and the BSDs it is an exclusive lock on a file `.<name>.lock` in the directory.
 *
 * Rejects with `ENOENT` when the directory is not there.
 */
export const lockDirectory: Lock = async (directory, name = '') => {
  const path = await realpath(directory);
  switch (process.platform) {
    case 'linux':
    case 'android':
      return listenAt(`\0${nameOf(path, name)}`);
    case 'win32':
      return listenAt(`\\\\.\\pipe\\${nameOf(path, name)}`);
    default:
      return holdOpen(join(path, name === '' ? '.lock' : `.${name}.lock`));
  }
};

const nameOf = (path: string, name: string): string =>
  `epistream-${createHash('sha256').update(`${path}\0${name}`).digest('hex').slice(0, 24)}`;

/** `exclusive`: the workers of a cluster would share the name otherwise. Errors after the first are those of strangers who connect. */
const listenAt = (path: string): ReturnType<Lock> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.on('error', (error: { code?: string }) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen({ path, exclusive: true }, () =>
      resolve(() => new Promise((released) => server.close(() => released()))),
    );
    server.unref();
  });

/** `O_EXLOCK` of macOS and the BSDs, for which Node has no name: the file is opened and locked in one step. */
const exclusiveLock = 0x20;

const holdOpen = async (path: string): ReturnType<Lock> => {
  const file = await openLocked(path);
  if (file === undefined) return undefined;
  if (await isAt(path, file))
    return async () => {
      await rm(path, { force: true });
      await promisify(close)(file);
    };
  // Its last owner has just removed it: whoever comes next makes another.
  await promisify(close)(file);
  return holdOpen(path);
};

/** A number, not a FileHandle: the garbage collector closes those. */
const openLocked = async (path: string): Promise<number | undefined> => {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK | exclusiveLock;
  try {
    return await promisify(open)(path, flags, 0o600);
  } catch (error) {
    if ((error as { code?: string }).code === 'EAGAIN') return undefined;
    throw error;
  }
};

const isAt = async (path: string, file: number): Promise<boolean> => {
  const held = await promisify(fstat)(file);
  const found = await promisify(lstat)(path).catch((error: { code?: string }) => {
    if (error.code !== 'ENOENT') throw error;
  });
  return found?.ino === held.ino;
};
