import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { FileSystemStore } from '@zarrita/storage';
import * as zarr from 'zarrita';
import { fillExport } from '../../../src/cli/spool/fillExport.js';
import type { SessionId } from '../../../src/model/identifiers.js';
import { SessionContents } from '../../../src/spool/sessionContents.js';
import { spoolSessions } from '../../../src/spool/spoolSessions.js';
import { keptRun, keptSpool, noisy, placeAt, startRun, temporaryFolder } from './keptRun.js';

const only = async (root: string) => (await spoolSessions(placeAt(root)))[0]!;
const read = async (folder: string, name: string) => {
  const store = zarr.root(new FileSystemStore(join(folder, 'frames.zarr')));
  return zarr.get(await zarr.open.v3(store.resolve(name), { kind: 'array' }));
};
const jsonOf = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));

describe('an export', () => {
  let root: string;
  let folder: string;
  beforeAll(async () => {
    [root, folder] = [temporaryFolder(), temporaryFolder()];
    await keptRun(root, { physicalSample: 'GaN-001', tags: ['mbe'] });
    expect(await fillExport(folder, placeAt(root), await only(root))).toEqual({
      items: 25,
      refused: 0,
      notOnDisk: 0,
      failed: [],
    });
  });

  it('is the store of a local platform: every pixel at its place, every frame at its time', async () => {
    const { data, shape } = await read(folder, 'frames');
    expect(shape).toEqual([25, 48, 64]);
    expect(Buffer.compare(data as Uint8Array, Buffer.concat(noisy(25).map((frame) => frame.data)))).toBe(0);
    const { data: times } = await read(folder, 'time');
    expect([...(times as Float64Array)]).toEqual(noisy(25).map(({ capturedAt = 0 }) => capturedAt / 1000));
  });

  it('says of the stream what was asked', () => {
    expect(jsonOf(folder, 'frames.zarr', 'zarr.json').attributes).toMatchObject({
      name: 'Growth 42',
      kind: 'rheed',
      fps_capture_rate: 10,
      physical_sample: 'GaN-001',
      tags: ['mbe'],
      ended: null,
      filled_slots: 25,
    });
  });

  it('has beside it what the cameras knew, and what the session had come to', () => {
    const lines = readFileSync(join(folder, 'frames.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(25);
    expect(lines[21]).toMatchObject({
      frame: 21,
      frameId: 21,
      capturedAt: Date.UTC(2026, 0, 1, 0, 0, 2, 100),
      exposureSeconds: 0.02,
      deviceTicks: String(2n ** 60n + 21n),
    });
    expect(jsonOf(folder, 'session.json')).toMatchObject({
      asked: { options: { streamName: 'Growth 42' } },
      report: { offered: 25, kept: 25 },
      chunks: [
        { index: 0, frames: 20 },
        { index: 1, frames: 5 },
      ],
    });
    expect(readdirSync(folder).sort()).toEqual(['frames.jsonl', 'frames.zarr', 'session.json']);
  });

  it('changes nothing in the spool', async () => {
    const session = await only(root);
    expect([session.isRunning, session.contents.report.kept]).toEqual([false, 25]);
  });
});

describe('an export of a session', () => {
  it('that a process is still delivering takes what is on the disk', async () => {
    const [root, folder] = [temporaryFolder(), temporaryFolder()];
    const platform = await startRun(root);
    const session = await only(root);
    const { items: frames } = await fillExport(folder, placeAt(root), session);
    expect([session.isRunning, frames, (await only(root)).isRunning]).toEqual([true, 25, true]);
    await platform.close({ deadlineMs: 0 });
  });

  it('of which a chunk is damaged names it, and writes the others at their places', async () => {
    const [root, folder] = [await keptSpool(), temporaryFolder()];
    const session = await only(root);
    const first = session.contents.undelivered.get('/0');
    writeFileSync(join(root, 'sessions', session.id, 'chunks', first!.file!), 'nothing of it');
    const { items: frames, failed } = await fillExport(folder, placeAt(root), session);
    expect([frames, failed]).toEqual([5, [{ chunk: 0, problem: expect.objectContaining({ tag: 'SpoolError' }) }]]);
    const { data } = await read(folder, 'time');
    const isFilled = [...(data as Float64Array)].map((time) => !Number.isNaN(time));
    expect(isFilled).toEqual(Array.from({ length: 25 }, (_, k) => k >= 20));
    expect(jsonOf(folder, 'session.json').exported.failed).toHaveLength(1);
  });

  it('counts what is not on the disk, and calls it no failure', async () => {
    const [root, folder] = [await keptSpool(), temporaryFolder()];
    const { id, contents } = await only(root);
    rmSync(join(root, 'sessions', id, 'chunks', contents.undelivered.get('/0')!.file!));
    const exported = await fillExport(folder, placeAt(root), await only(root));
    expect(exported).toEqual({ items: 5, refused: 0, notOnDisk: 20, failed: [] });
  });

  it('that no longer tells what was asked is refused', async () => {
    const session = { ...(await only(await keptSpool())), contents: new SessionContents('s' as SessionId) };
    await expect(fillExport(temporaryFolder(), placeAt('/spool'), session)).rejects.toThrow('no longer tells');
  });
});
