import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkSpool } from '../../../src/cli/doctor/checkSpool.js';
import { spoolSessions } from '../../../src/spool/spoolSessions.js';
import { keptSpool, placeAt, temporaryFolder } from '../spool/keptRun.js';

const check = async (root: string, freeBytes?: number) => {
  const place = placeAt(root);
  const disk = freeBytes === undefined ? place.disk : { ...place.disk, freeBytes: async () => freeBytes };
  const [spool, space] = await checkSpool({ ...place, disk });
  return { spool: spool!, space };
};

describe('the spool', () => {
  it('is well when there is none yet, and is not made by a look', async () => {
    const root = join(temporaryFolder(), 'lab', 'spool');
    const { spool } = await check(root);
    expect([spool.isWell, spool.says, existsSync(root)]).toEqual([true, `${root}: nothing is kept`, false]);
  });

  it('tells what it keeps', async () => {
    const root = await keptSpool();
    expect((await check(root)).spool).toMatchObject({
      isWell: true,
      says: expect.stringMatching(/: 1 session \(1 waiting\), \d+\.\d kB$/),
    });
  });

  it('is not well with damage in it', async () => {
    const root = await keptSpool();
    const [session] = await spoolSessions(placeAt(root));
    mkdirSync(join(root, 'sessions', session!.id, 'quarantine'));
    writeFileSync(join(root, 'sessions', session!.id, 'quarantine', '0.chunk'), '');
    expect((await check(root)).spool).toMatchObject({ isWell: false, advice: expect.stringContaining('spool verify') });
  });

  it('is not well as a link, or as a file', async () => {
    const folder = temporaryFolder();
    symlinkSync(temporaryFolder(), join(folder, 'link'), 'junction');
    writeFileSync(join(folder, 'file'), '');
    for (const name of ['link', 'file'])
      expect((await check(join(folder, name))).spool).toMatchObject({
        isWell: false,
        says: expect.stringMatching(/^--spool \(or EPISTREAM_SPOOL_DIR\) must/),
        advice: expect.stringContaining('--spool'),
      });
  });

  if (process.platform !== 'win32')
    it('is not well where others may write', async () => {
      const root = temporaryFolder();
      chmodSync(root, 0o777);
      expect((await check(root)).spool).toMatchObject({ isWell: false, says: expect.stringContaining('chmod go-w') });
    });
});

describe('the space', () => {
  it.each([
    [80e9, true, '78.9 GB for frames that wait'],
    [2 * 2 ** 30 - 1, false, 'only 1.1 GB for frames that wait'],
    [2 ** 30, false, 'the disk has no room for frames that wait'],
  ])('of %s bytes: %s', async (free, isWell, says) => {
    const { space } = await check(temporaryFolder(), free);
    expect(space).toMatchObject({ isWell, says });
    expect(space?.advice === undefined).toBe(isWell);
  });
});
