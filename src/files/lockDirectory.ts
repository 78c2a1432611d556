import { createHash } from 'node:crypto';
import { close, constants, open } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lock } from './lock.js';

/**
 * The lock of the system's kernel that goes with its process: no pid is written down, and nothing is left to clear away.
 *
 * On Linux a listening socket with an abstract name and on Windows a named pipe, both called after the directory's real path and the name: one
 * owner in a network namespace, so two containers that share a folder and no network do not see each other's locks. On macOS and
 * the BSDs an exclusive lock on a file `<name>.lock` in the directory.
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
      return holdOpen(join(path, `${name}.lock`));
  }
};

const nameOf = (path: string, name: string): string =>
  `epistream-${createHash('sha256').update(`${path}\0${name}`).digest('hex').slice(0, 24)}`;

/** `exclusive`: the workers of a cluster would share the name otherwise. */
const listenAt = (path: string): ReturnType<Lock> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: { code?: string }) =>
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
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK | exclusiveLock;
  try {
    // A number, not a FileHandle, which the garbage collector would close.
    const file = await promisify(open)(path, flags, 0o600);
    return () => promisify(close)(file);
  } catch (error) {
    if ((error as { code?: string }).code === 'EAGAIN') return undefined;
    throw error;
  }
};
