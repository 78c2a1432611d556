import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openDataDirectory } from '../../src/server/dataDirectory.js';
import { localServers } from './localServer.js';
import { watchSyncs } from './watchSyncs.js';

const { directory, tidy } = localServers();
afterEach(tidy);

describe('openDataDirectory', () => {
  it('syncs the names of a directory that is new, up to one that was there', async () => {
    const top = await directory();
    const { syncs, restore } = await watchSyncs(top);
    const { path, release } = await openDataDirectory(join(top, 'lab', 'growth'));
    restore();
    await release();
    const synced = syncs.filter(({ of }) => of === 'names').map(({ ino }) => ino);
    const parents = [(await stat(join(path, '..'))).ino, (await stat(top)).ino];
    // Windows has no such sync.
    expect(synced.filter((ino) => parents.includes(ino))).toEqual(process.platform === 'win32' ? [] : parents);
  });
});
