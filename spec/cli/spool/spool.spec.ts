import { mkdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLine } from '../commandLine.js';
import { KEY, keptSpool, temporaryFolder } from './keptRun.js';
import { laterServer, streamsOf } from './laterServer.js';

let root: string;
const closing: (() => Promise<unknown>)[] = [];
const runs: CommandLine[] = [];
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.signal('SIGKILL');
    await run.exited;
  }
  for (const close of closing.splice(0)) await close();
});

const start = (...args: string[]) => {
  const run = new CommandLine(...args, '--json');
  runs.push(run);
  return run;
};
const to = (endpoint: string) => ['--endpoint', endpoint, '--key', KEY];

describe('the spool commands, in processes of their own', () => {
  it('exit with 2 for a session that is not there, and for a folder that is full', async () => {
    root = await keptSpool();
    const [unknown, full] = [
      start('spool', 'export', 'Growth 43', '--out', join(root, 'out'), '--spool', root),
      start('spool', 'export', 'Growth 42', '--out', root, '--spool', root),
    ];
    const ends = [await unknown.end(), await full.end()];
    expect(ends.map(({ code }) => code)).toEqual([2, 2]);
    expect(ends.map(({ complaint }) => complaint)).toEqual([
      expect.stringMatching(/^error: .* has no session "Growth 43": epistream spool ls names those it has\n$/),
      expect.stringMatching(/^error: --out must be a folder that is new or empty, and is .*\n$/),
    ]);
  });

  // On Windows a signal from another process ends it without a word; there the console sends them.
  if (process.platform !== 'win32')
    it('keep a run on disk while the platform is away, and a service delivers it', async () => {
      const later = await laterServer();
      const [images, spool] = [join(root, 'images'), join(root, 'spool')];
      mkdirSync(images);
      for (let k = 0; k < 6; k += 1) await copyFile('spec/fixtures/images/gray8.png', join(images, `${k}.png`));
      const service = start('spool', 'drain', '--watch', '--spool', spool, ...to(later.url));
      await service.line('note');
      const run = start('stream', images, '--fps', '1', '--no-pace', '--spool', spool, ...to(later.url));
      expect((await run.line('note')).text).toMatch(/: frames are kept in .*spool, and sent when it answers$/);
      run.signal('SIGINT');
      await run.line('stopping');
      await run.signalAgain('SIGINT');
      const { code, last } = await run.end();
      expect([code, last]).toMatchObject([1, { offered: 6, delivered: 0, kept: 6, lost: 0, spool: { dir: spool } }]);
      closing.push((await later.begin()).close);
      await service.line('closed');
      expect(await streamsOf(later.url)).toMatchObject([{ state: 'ended', frames: 6 }]);
      service.signal('SIGTERM');
      expect(await service.end()).toMatchObject({ code: 0, last: { event: 'drained', exitCode: 0, sessions: 1 } });
    });
});
