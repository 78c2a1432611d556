import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { verifySpool } from '../../../src/cli/spool/verifySpool.js';
import { spoolSessions } from '../../../src/spool/spoolSessions.js';
import { keptSpool, placeAt, startRun, temporaryFolder } from './keptRun.js';
import { told } from './told.js';
import { withLost } from './withLost.js';

const verify = (spool: string, json = false) => told(() => verifySpool({ spool, json }));
const spoil = async (spool: string) => {
  const [session] = await spoolSessions(placeAt(spool));
  writeFileSync(join(spool, 'sessions', session!.id, 'chunks', '0.chunk'), 'noise');
  return session!.id;
};

describe('epistream spool verify', () => {
  it('exits with 0 when all is as it was written', async () => {
    const spool = await keptSpool();
    expect(await verify(spool, true)).toMatchObject({
      code: 0,
      last: { event: 'verified', dir: spool, sessions: 1, chunks: 2, damaged: 0 },
    });
    expect((await verify(spool)).text).toEqual([
      expect.stringMatching(/^1 session, 2 chunks, \d+\.\d kB: all as written$/),
    ]);
  });

  it('exits with 1 for a damaged chunk, and names it', async () => {
    const spool = await keptSpool();
    const id = await spoil(spool);
    const { code, text } = await verify(spool);
    expect([code, text]).toEqual([
      1,
      [
        expect.stringMatching(`^${id}: .*0\\.chunk has no readable header$`),
        expect.stringMatching(/: 1 part damaged$/),
      ],
    ]);
    expect((await verify(spool, true)).last).toMatchObject({ event: 'verified', damaged: 1 });
  });

  it('exits with 1 for chunks that died with their process, and names them', async () => {
    const spool = await keptSpool();
    await withLost(spool, 2);
    const { code, text } = await verify(spool);
    expect([code, text]).toEqual([
      1,
      [
        expect.stringMatching(/: 40 frames lost, because its process died before .* on the disk \(chunk 2, chunk 3\)$/),
        expect.stringMatching(/^1 session, 2 chunks, .*: 40 frames lost$/),
      ],
    ]);
    const { lines, last } = await verify(spool, true);
    expect(lines[0]?.lost).toEqual([
      { chunk: 2, frames: 20 },
      { chunk: 3, frames: 20 },
    ]);
    expect(last).toMatchObject({ event: 'verified', damaged: 0, lost: 40 });
  });

  it('misses nothing that a living process has still to write', async () => {
    const spool = temporaryFolder();
    const platform = await startRun(spool);
    await withLost(spool, 2);
    expect(await verify(spool, true)).toMatchObject({ code: 0, last: { damaged: 0, lost: 0 } });
    await platform.close({ deadlineMs: 0 });
  });

  it('calls a session damaged that no longer tells what was asked', async () => {
    const spool = await keptSpool();
    const [session] = await spoolSessions(placeAt(spool));
    for (const name of ['asked', 'journal.000000']) writeFileSync(join(spool, 'sessions', session!.id, name), '');
    const { code, lines } = await verify(spool, true);
    expect([code, lines[0]?.state, lines[0]?.damage]).toEqual([
      1,
      'unreadable',
      expect.arrayContaining(['asked: nothing says what was asked of it']),
    ]);
  });
});
