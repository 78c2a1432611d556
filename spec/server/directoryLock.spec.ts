import { realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { lockDirectory } from '../../src/server/directoryLock.js';
import { localServers } from './localServer.js';

const { start, directory, tidy } = localServers();
afterEach(tidy);

const inUse = { _tag: 'InputError', context: { field: 'dataDir', rule: 'must not be in use by another platform' } };

describe('directoryLock', () => {
  it('keeps a directory to one, until it is released', async () => {
    const path = await directory();
    const release = await lockDirectory(path);
    await expect(lockDirectory(path)).rejects.toMatchObject(inUse);
    await release();
    await (await lockDirectory(path))();
  });

  it('knows a directory by its other names, and from others', async () => {
    const path = await realpath(await directory());
    const release = await lockDirectory(path);
    // Windows lets only administrators make links.
    if (process.platform !== 'win32') {
      const link = join(await directory(), 'link');
      await symlink(path, link);
      await expect(lockDirectory(link)).rejects.toMatchObject(inUse);
    }
    await (await lockDirectory(await directory()))();
    await release();
  });

  it('stands between two servers, and goes with the first', async () => {
    const dataDir = await directory();
    const first = await start({ dataDir });
    await expect(start({ dataDir })).rejects.toMatchObject(inUse);
    await first.close();
    await start({ dataDir });
  });

  it('is released by a server that could not listen', async () => {
    const dataDir = await directory();
    const { port } = await start();
    await expect(start({ dataDir, port })).rejects.toMatchObject({ context: { field: 'port' } });
    await start({ dataDir });
  });
});
