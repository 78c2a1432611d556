import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../model/errors.js';

/** A name that only one process can listen on; Linux and Windows forget it with the process. */
const addressOf = (directory: string): string => {
  const name = `epistream-${createHash('sha256').update(directory).digest('hex').slice(0, 24)}`;
  if (process.platform === 'linux') return `\0${name}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
};

const listen = (address: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(address, () => resolve(server.unref()));
  });

const isAnswering = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(address, () => resolve(socket.destroy() === socket));
    socket.once('error', () => resolve(false));
  });

/**
 * Keeps a directory to one platform: a listening local socket, which needs no file that a crash could leave behind.
 *
 * Resolves with its release; rejects with an `InputError` while another platform, in whatever process, has the directory.
 */
export const lockDirectory = async (path: string): Promise<() => Promise<void>> => {
  const address = addressOf(await realpath(path));
  const server = await listen(address).catch(async (error: { code?: string }) => {
    if (error.code !== 'EADDRINUSE') throw error;
    const isFile = !address.startsWith('\0') && process.platform !== 'win32';
    if (!isFile || (await isAnswering(address)))
      throw new InputError('dataDir', path, 'must not be in use by another platform', { cause: error });
    // Where the name is a file, the dead leave it behind.
    await rm(address);
    return listen(address);
  });
  return () => new Promise((resolve) => server.close(() => resolve()));
};
