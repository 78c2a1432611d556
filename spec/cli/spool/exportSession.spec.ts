import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { exportSession } from '../../../src/cli/spool/exportSession.js';
import { UsageError } from '../../../src/cli/usageError.js';
import { InputError } from '../../../src/model/errors.js';
import { spoolSessions } from '../../../src/spool/spoolSessions.js';
import { keptSpool, placeAt, startRun, temporaryFolder } from './keptRun.js';
import { told } from './told.js';
import { withLost } from './withLost.js';

const exported = (spool: string, out: string, json = false) =>
  told(() => exportSession('Growth 42', { spool, out, json }));

describe('epistream spool export', () => {
  it('writes what is kept, and nothing over what is there', async () => {
    const [spool, out] = [await keptSpool(), join(temporaryFolder(), 'store')];
    const { code, text } = await exported(spool, out);
    expect([code, text]).toEqual([0, [`wrote 25 frames, 0 of them refused by the platform, to ${out}`]]);
    await expect(exportSession('Growth 42', { spool, out })).rejects.toThrow(InputError);
    await expect(exportSession('Growth 43', { spool, out: `${out}2` })).rejects.toThrow(UsageError);
  });

  it('exits with 1 when a chunk is damaged, and names it', async () => {
    const [spool, out] = [await keptSpool(), join(temporaryFolder(), 'store')];
    const [session] = await spoolSessions(placeAt(spool));
    const { file } = session!.contents.undelivered.get('/1')!;
    writeFileSync(join(spool, 'sessions', session!.id, 'chunks', file!), 'noise');
    const { code, last } = await exported(spool, out, true);
    expect([code, last]).toMatchObject([1, { event: 'exported', out, frames: 20, failed: [{ chunk: 1 }] }]);
    const again = await exported(spool, `${out}2`);
    expect([again.code, again.complaint]).toEqual([
      1,
      expect.stringMatching(/^chunk 1: .*\.chunk has no readable header\n/),
    ]);
  });

  it('says of a running session what is not on the disk yet, and of another what never will be', async () => {
    const [spool, out] = [temporaryFolder(), join(temporaryFolder(), 'store')];
    const platform = await startRun(spool);
    await withLost(spool, 1);
    const running = await exported(spool, out);
    expect([running.code, running.complaint]).toEqual([0, '20 frames of it are not on the disk yet\n']);
    await platform.close({ deadlineMs: 0 });
    const dead = await keptSpool();
    await withLost(dead, 1);
    expect((await exported(dead, `${out}2`)).complaint).toBe('20 frames of it never reached the disk\n');
  });

  it('exits with 1 when there was nothing to write of what is undelivered', async () => {
    const [spool, out] = [await keptSpool(), join(temporaryFolder(), 'store')];
    const [session] = await spoolSessions(placeAt(spool));
    for (const { file } of session!.contents.undelivered.values())
      rmSync(join(spool, 'sessions', session!.id, 'chunks', file!));
    expect(await exported(spool, out, true)).toMatchObject({ code: 1, last: { frames: 0, notOnDisk: 25, failed: [] } });
  });
});
