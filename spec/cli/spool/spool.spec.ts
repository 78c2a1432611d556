import { mkdirSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spoolSessions } from '../../../src/journal/spoolSessions.js';
import { spoolState } from '../../../src/journal/spoolState.js';
import { type Server, startServer } from '../../../src/server/startServer.js';
import { type FaultServer, startFaultServer } from '../../../src/testing/faultServer.js';
import { CommandLine } from '../commandLine.js';
import { KEY, keptRun, keptSpool, NOWHERE, placeAt, startRun, temporaryFolder } from './keptRun.js';

let root: string;
let server: Server | undefined;
let faults: FaultServer | undefined;
const runs: CommandLine[] = [];

beforeEach(() => {
  root = temporaryFolder();
});
afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.signal('SIGKILL');
    await run.exited;
  }
  await faults?.close();
  await server?.close();
  [faults, server] = [undefined, undefined];
});

const start = (...args: string[]) => {
  const run = new CommandLine(...args);
  runs.push(run);
  return run;
};
const spool = (command: string, ...args: string[]) => start('spool', command, ...args, '--spool', root, '--json');
const to = (endpoint: string, key = KEY) => ['--endpoint', endpoint, '--key', key];
const states = async () => (await spoolSessions(placeAt(root))).map(spoolState);
const streamsOf = async ({ url }: Server): Promise<{ name: string; state: string; frames: number }[]> =>
  (await fetch(`${url}/streams`, { headers: { 'x-api-key': KEY } })).json() as never;

/** A platform that is not there yet: its address, and a way to start it. */
const laterServer = async () => {
  const options = { dataDir: temporaryFolder(), apiKey: KEY };
  const first = await startServer(options);
  await first.close();
  const begin = async () => {
    server = await startServer({ ...options, port: first.port });
    return server;
  };
  return { url: first.url, begin };
};

/** A session of which the platform has refused the first chunk that it saw. */
const refusedRun = async () => {
  server = await startServer({ dataDir: temporaryFolder(), apiKey: KEY });
  faults = await startFaultServer({ target: server.url });
  faults.script('presign', [{ type: 'answer', status: 422, body: '{"detail":"not such a chunk"}' }]);
  const platform = await startRun(root, { endpoint: faults.url });
  await platform.close();
  return { server, url: faults.url };
};

describe('epistream spool', () => {
  it('ls and verify tell what is kept', async () => {
    root = await keptSpool();
    const [ls, verify, person] = [
      spool('ls', ...to(NOWHERE)),
      spool('verify'),
      start('spool', 'ls', '--spool', root, ...to(NOWHERE, 'another')),
    ];
    expect(await ls.line('session')).toMatchObject({
      name: 'Growth 42',
      state: 'waiting',
      whose: 'ours',
      undelivered: 25,
      rejected: 0,
      endpoint: NOWHERE,
      ageMs: expect.any(Number),
    });
    expect(await ls.end()).toMatchObject({ code: 0, last: { event: 'spool', dir: root, sessions: 1 } });
    expect(await verify.end()).toMatchObject({ code: 0, last: { event: 'verified', chunks: 2, damaged: 0 } });
    const { code, last } = await person.end();
    expect([code, last?.line]).toEqual([0, expect.stringMatching(/^1 session, \d+\.\d kB in /)]);
    expect(await person.line('text')).toMatchObject({ line: expect.stringMatching(/^ID +STATE/) });
  });

  it('verify exits with 1 for a damaged chunk, and names it', async () => {
    root = await keptSpool();
    const [session] = await spoolSessions(placeAt(root));
    writeFileSync(join(root, 'sessions', session!.id, 'chunks', '0.chunk'), 'noise');
    const { code, last } = await spool('verify').end();
    expect([code, last]).toEqual([1, expect.objectContaining({ event: 'verified', damaged: 1 })]);
  });

  it('export writes what is kept, and nothing over what is there', async () => {
    root = await keptSpool();
    const out = join(temporaryFolder(), 'store');
    const first = await spool('export', 'Growth 42', '--out', out).end();
    expect(first).toMatchObject({ code: 0, last: { event: 'exported', frames: 25, failed: [] } });
    const second = await spool('export', 'Growth 42', '--out', out).end();
    expect([second.code, second.complaint]).toEqual([2, expect.stringMatching(/^error: --out must be a folder/)]);
    const unknown = await spool('export', 'Growth 43', '--out', `${out}2`).end();
    expect([unknown.code, unknown.complaint]).toEqual([1, expect.stringContaining('has no session "Growth 43"')]);
  });

  it('says that a folder that was named is not there', async () => {
    const { code, complaint } = await start('spool', 'ls', '--spool', join(root, 'misspelt')).end();
    expect([code, complaint]).toEqual([
      2,
      expect.stringContaining('--spool (or EPISTREAM_SPOOL_DIR) must be a folder'),
    ]);
  });
});

describe('epistream spool drain', () => {
  it('delivers and ends what earlier processes left, and exits with 0', async () => {
    const { url, begin } = await laterServer();
    await keptRun(root, { endpoint: url });
    await keptRun(root, { endpoint: url, streamName: 'Growth 43', count: 20 });
    const platform = await begin();
    const { code, last } = await spool('drain', ...to(url)).end();
    expect([code, last]).toEqual([0, { event: 'drained', exitCode: 0, sessions: 2, left: [] }]);
    expect((await streamsOf(platform)).sort((one, other) => one.frames - other.frames)).toMatchObject([
      { name: 'Growth 43', state: 'ended', frames: 20 },
      { name: 'Growth 42', state: 'ended', frames: 25 },
    ]);
    expect(await states()).toEqual([]);
  });

  it('exits with 1 when something is left, and says why of each', async () => {
    const { url } = await refusedRun();
    await keptRun(root, { endpoint: NOWHERE, streamName: 'elsewhere' });
    const { code, last } = await spool('drain', ...to(url)).end();
    expect(code).toBe(1);
    expect(last).toMatchObject({ event: 'drained', exitCode: 1, sessions: 0 });
    expect(last?.left).toEqual([
      expect.objectContaining({ state: 'refused', reason: expect.stringContaining('epistream spool retry') }),
    ]);
  });

  // On Windows a signal from another process ends it without a word; there the console sends them.
  if (process.platform !== 'win32')
    it('--watch takes over what appears, until it is asked to stop', async () => {
      const { url, begin } = await laterServer();
      const platform = await begin();
      const watch = start('spool', 'drain', '--watch', '--spool', join(root, 'new'), ...to(url), '--json');
      await watch.line('note');
      const away = await startRun(join(root, 'new'), { endpoint: NOWHERE });
      await away.close({ deadlineMs: 0 });
      const other = await startRun(join(root, 'new'), { endpoint: url });
      await other.close({ deadlineMs: 0 });
      if ((await streamsOf(platform))[0]?.state !== 'ended') await watch.line('closed');
      watch.signal('SIGTERM');
      expect(await watch.end()).toMatchObject({ code: 0, last: { event: 'drained', exitCode: 0 } });
      expect(await streamsOf(platform)).toMatchObject([{ name: 'Growth 42', state: 'ended', frames: 25 }]);
    });
});

describe('epistream spool retry', () => {
  it('sends what was refused into a continuation, with other links, and ends it', async () => {
    const { server: platform, url } = await refusedRun();
    expect(await states()).toEqual(['refused']);
    const { code, last } = await spool('retry', 'Growth 42', '--sample', 'GaN-002', ...to(url)).end();
    expect([code, last]).toMatchObject([0, { event: 'report', exitCode: 0, delivered: 25, rejected: 0, ended: true }]);
    expect(last?.streams).toHaveLength(2);
    const streams = await streamsOf(platform);
    expect(streams.map(({ state }) => state)).toEqual(['ended', 'ended']);
    expect(streams.reduce((sum, { frames }) => sum + frames, 0)).toBe(25);
    expect(await states()).toEqual([]);
  });

  // On Windows a signal from another process ends it without a word.
  if (process.platform !== 'win32')
    it('that is broken off leaves what was refused to be sent again', async () => {
      const { server: platform, url } = await refusedRun();
      faults?.script('create', [{ type: 'answer', status: 503, headers: { 'retry-after': '60' } }]);
      const broken = spool('retry', 'Growth 42', ...to(url));
      await broken.line('retrying');
      broken.signal('SIGTERM');
      const { code, last } = await broken.end();
      expect([code, last?.rejected, Number(last?.kept) + Number(last?.delivered)]).toEqual([1, 0, 25]);
      expect(await states()).toEqual(['waiting']);
      const drained = await spool('drain', ...to(url)).end();
      expect([drained.code, drained.last?.left, (await streamsOf(platform)).length]).toEqual([
        1,
        [expect.anything()],
        1,
      ]);
      expect(await spool('retry', 'Growth 42', ...to(url)).end()).toMatchObject({ code: 0, last: { delivered: 25 } });
    });

  it('takes a session of another key only when it is told to', async () => {
    const { url, begin } = await laterServer();
    await keptRun(root, { endpoint: url, apiKey: 'an-old-key' });
    await begin();
    const refused = await spool('retry', 'Growth 42', ...to(url)).end();
    expect([refused.code, refused.complaint]).toEqual([1, expect.stringContaining('--adopt takes it under this one')]);
    expect(await states()).toEqual(['waiting']);
    const { code, last } = await spool('retry', 'Growth 42', '--adopt', ...to(url)).end();
    expect([code, last?.delivered, await states()]).toEqual([0, 25, []]);
  });
});

if (process.platform !== 'win32')
  describe('epistream stream', () => {
    it('keeps a run on disk while the platform is away, and leaves it there for drain', async () => {
      const { url, begin } = await laterServer();
      const images = join(root, 'images');
      mkdirSync(images);
      for (let k = 0; k < 6; k += 1) await copyFile('spec/fixtures/images/gray8.png', join(images, `${k}.png`));
      const kept = join(root, 'spool');
      const run = start('stream', images, '--fps', '1', '--no-pace', '--spool', kept, ...to(url), '--json');
      expect((await run.line('note')).text).toMatch(/: frames are kept in .*spool, and sent when it answers$/);
      run.signal('SIGINT');
      await run.line('stopping');
      await run.signalAgain('SIGINT');
      const { code, last } = await run.end();
      expect([code, last]).toMatchObject([1, { offered: 6, delivered: 0, kept: 6, lost: 0, spool: { dir: kept } }]);
      const platform = await begin();
      const drained = await start('spool', 'drain', '--spool', kept, ...to(url), '--json').end();
      expect(drained).toMatchObject({ code: 0, last: { sessions: 1, left: [] } });
      expect(await streamsOf(platform)).toMatchObject([{ state: 'ended', frames: 6 }]);
    });
  });
