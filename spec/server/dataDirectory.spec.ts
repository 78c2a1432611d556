import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openDataDirectory } from '../../src/server/dataDirectory.js';
import { localServers } from './localServer.js';
import { watchSyncs } from './watchSyncs.js';

const { start, directory, tidy } = localServers();
afterEach(tidy);

const inUse = { _tag: 'InputError', context: { field: 'dataDir', rule: 'must not be in use by another platform' } };

describe('openDataDirectory', () => {
  it('syncs the names of a directory that is new, up to one that was there', async () => {
    const top = await directory();
    const { syncs, restore } = await watchSyncs(top);
    const { path, release } = await openDataDirectory(join(top, 'lab', 'growth'));
    restore();
    await release();
    const synced = syncs.filter(({ of }) => of === 'names').map(({ ino }) => ino);
    const parents = [(await stat(top)).ino, (await stat(join(path, '..'))).ino];
    // Windows has no such sync.
    const inOrder = [...new Set(synced.filter((ino) => parents.includes(ino)))];
    expect(inOrder).toEqual(process.platform === 'win32' ? [] : parents);
  });

  // Node's recursive mkdir never returns from there.
  if (existsSync('/proc/self'))
    it('refuses a directory that the kernel lets nobody make', async () => {
      const rule = expect.stringContaining('must be a directory to write in');
      await expect(openDataDirectory('/proc/nope')).rejects.toMatchObject({ _tag: 'InputError', context: { rule } });
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
