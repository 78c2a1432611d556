import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { InputError } from '../../src/model/errors.js';
import { TimeseriesStreamer } from '../../src/streamers/timeseriesStreamer.js';
import { type PointsRecord, startPointsRecord } from './pointsRecord.js';
import { Lab } from './vendorTableLab.js';

/** What the vendor's client does with each fault is measured; these are its rows of time series, and what ours does. */
const labs: Lab[] = [];
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});

const openLab = async (): Promise<{ lab: Lab; record: PointsRecord }> => {
  const lab = await Lab.open();
  labs.push(lab);
  const record = await startPointsRecord();
  lab.closes(record.close);
  return { lab, record };
};

const [CHUNKS, POINTS] = [20, 10];
const valuesOf = (index: number) => Array.from({ length: POINTS }, (_, i) => index * POINTS + i + 0.25);
const names = Array.from({ length: CHUNKS }, (_, index) => `flux/${index}`);
const allOf = new Map(names.map((name, index) => [name, valuesOf(index)]));

const push = (streamer: TimeseriesStreamer, session: Parameters<TimeseriesStreamer['push']>[0], index: number) =>
  streamer.push(session, index, 'flux', {
    timestamps: valuesOf(index).map((value) => 1_700_000_000 + value),
    values: valuesOf(index),
  });

const open = async (spool?: false) => {
  const { lab, record } = await openLab();
  const { platform } = lab.connect({ endpoint: record.url, ...(spool === false && { spool }) });
  const streamer = new TimeseriesStreamer({ platform, pointsPerChunk: POINTS });
  return { record, streamer, session: await streamer.initialize({ streamName: 'MBE growth' }) };
};

/** Runs the script until it is ready, lets something happen, and has it go on. */
const runScript = async (way: string, record: PointsRecord, dir: string, meanwhile: () => void) => {
  const script = fileURLToPath(new URL('vendorTableScript.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, way, record.url, dir]);
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  const said = text(child.stderr);
  const lines: unknown[] = [];
  const isReady = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(JSON.parse(line));
      resolve();
    });
    child.on('close', () => resolve());
  });
  await isReady;
  meanwhile();
  child.stdin.end('go\n');
  return { code: await exit, last: lines.at(-1), said: await said };
};

describe('Six seconds of 503 while 20 chunks of points are pushed', () => {
  it('delay them, and all 20 arrive: on disk and in memory', async () => {
    const run = async (spool?: false) => {
      const { record, streamer, session } = await open(spool);
      record.mood = 'away';
      const since = performance.now();
      for (let index = 0; index < CHUNKS; index++) push(streamer, session, index);
      const ended = streamer.finalize(session);
      await wait(6_000 - (performance.now() - since));
      expect(record.log).toEqual(['create']);
      record.mood = 'well';
      expect(await ended).toMatchObject({ offered: 200, delivered: 200, rejected: 0, lost: 0, ended: true });
      expect(record.chunks).toEqual(allOf);
      expect(record.log.at(-1)).toBe('end');
    };
    await Promise.all([run(), run(false)]);
  });
});

describe('An end while chunks of points are on their way', () => {
  it('is sent after the last reply', async () => {
    const { record, streamer, session } = await open();
    record.mood = 'slow';
    for (let index = 0; index < CHUNKS; index++) push(streamer, session, index);
    expect(await streamer.finalize(session)).toMatchObject({ delivered: 200, ended: true });
    expect(record.log[0]).toBe('create');
    expect(record.log.slice(1, -1).sort()).toEqual([...names].sort());
    expect(record.log.at(-1)).toBe('end');
    expect(record.chunks).toEqual(allOf);
  });
});

describe('A script that pushes 20 chunks of points, ends and exits during 2 s of resets', () => {
  /** The resets begin before the first chunk. */
  const reset = (record: PointsRecord, forMs: number) => () => {
    record.mood = 'resetting';
    setTimeout(() => {
      record.mood = 'well';
    }, forMs);
  };

  it('has delivered all 20 when it exits with 0: on disk and in memory', async () => {
    const run = async (isOnDisk: boolean) => {
      const { lab, record } = await openLab();
      const script = await runScript('awaited', record, isOnDisk ? lab.dir : '', reset(record, 2_000));
      expect(script).toMatchObject({ code: 0, last: { delivered: 200, offered: 200 }, said: '' });
      expect(record.chunks).toEqual(allOf);
      expect(record.log.at(-1)).toBe('end');
    };
    await Promise.all([run(true), run(false)]);
  });

  it('exits with another code when it does not wait so long, says what is kept, and the next process delivers it', async () => {
    const { lab, record } = await openLab();
    const script = await runScript('impatient', record, lab.dir, () => {
      record.mood = 'resetting';
    });
    expect(script.code).not.toBe(0);
    expect(script.said).toContain('IncompleteSessionError');
    expect(script.said).toContain('200 kept');
    expect(record.log).toEqual(['create']);
    record.mood = 'well';
    const next = lab.connect({ endpoint: record.url });
    await next.until('closed');
    expect(next.report()).toMatchObject({ delivered: 200, kept: 0, lost: 0, ended: true });
    expect(record.chunks).toEqual(allOf);
    expect(record.log.at(-1)).toBe('end');
    await next.platform.close();
    expect(await lab.spooled()).toEqual([]);
  });
});

describe('A platform that stalls while 20,000 chunks of points are pushed', () => {
  it('makes push throw when the budget is used up, and the process grows by little more', async () => {
    const { record } = await openLab();
    const script = await runScript('flood', record, '', () => {
      record.mood = 'stalled';
    });
    const [budgetMiB, itself] = [8, 64];
    const { taken, refusal, grownMiB } = script.last as { taken: number; refusal?: string; grownMiB: number };
    expect(refusal).toBe('BudgetError');
    expect(taken).toBeGreaterThan(1000);
    expect(grownMiB).toBeLessThan(budgetMiB + itself);
  });
});

describe('A chunk index of a channel that is pushed twice', () => {
  it("is refused: indexes are the library's own, and the first stands", async () => {
    const { record, streamer, session } = await open();
    push(streamer, session, 0);
    expect(() => streamer.push(session, 0, 'flux', { timestamps: [1_700_009_999], values: [-1] })).toThrow(InputError);
    push(streamer, session, 1);
    expect(await streamer.finalize(session)).toMatchObject({ delivered: 20, ended: true });
    expect(record.log.filter((line) => line === 'flux/0')).toHaveLength(1);
    expect(record.chunks.get('flux/0')).toEqual(valuesOf(0));
  });
});
