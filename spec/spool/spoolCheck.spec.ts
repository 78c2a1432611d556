import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { checkSession } from '../../src/spool/spoolCheck.js';
import { bodyOf, isStillKept, keptChunks } from '../../src/spool/spoolChunks.js';
import { hasBody } from '../../src/spool/spooledChunk.js';
import { spoolSessions } from '../../src/spool/spoolSessions.js';
import { keptSpool, placeAt } from '../cli/spool/keptRun.js';

let root: string;
beforeEach(async () => {
  root = await keptSpool();
});

const only = async () => (await spoolSessions(placeAt(root)))[0]!;
const inSession = async (...names: string[]) => join(root, 'sessions', (await only()).id, ...names);
const check = async () => checkSession(placeAt(root), await only());
const flip = (path: string, offset: number) => {
  const byte = readFileSync(path)[offset]!;
  const file = openSync(path, 'r+');
  writeSync(file, Uint8Array.of(byte ^ 1), 0, 1, offset);
  closeSync(file);
};
const bytesOfAll = async () =>
  readdirSync(await inSession(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name)).toString('base64')]);

describe('a look at every byte of a session', () => {
  it('finds all as it was written, and changes nothing', async () => {
    const before = await bytesOfAll();
    expect(await check()).toEqual({ chunks: 2, bytes: (await only()).contents.bytes, damage: [], lost: [] });
    expect(await bytesOfAll()).toEqual(before);
  });

  it.each([
    ['in the frames', (length: number) => length - 200],
    ['in the header', () => 20],
  ])('names a chunk with one wrong bit %s', async (_, offsetOf) => {
    const path = await inSession('chunks', '0.chunk');
    flip(path, offsetOf(readFileSync(path).byteLength));
    const { damage } = await check();
    expect(damage).toEqual([expect.stringContaining('0.chunk')]);
  });

  it('names a chunk that was cut short', async () => {
    const path = await inSession('chunks', '1.chunk');
    truncateSync(path, readFileSync(path).byteLength - 1);
    expect((await check()).damage).toEqual([expect.stringMatching(/1\.chunk holds \d+ bytes of a chunk that has \d+/)]);
  });

  it('names a damaged part of the journal', async () => {
    flip(await inSession('journal.000000'), 40);
    expect((await check()).damage).toEqual([
      expect.stringMatching(/^journal\.000000: \d+ bytes at \d+ are no record$/),
    ]);
  });

  it('names what is no chunk', async () => {
    writeFileSync(await inSession('chunks', '7.chunk'), 'somebody wrote this');
    expect((await check()).damage).toEqual(['chunks/7.chunk: is no chunk that can be read']);
  });

  it('misses a chunk that was on the disk, and none that never was', async () => {
    rmSync(await inSession('chunks', '0.chunk'));
    expect((await check()).damage).toEqual([
      expect.stringMatching(/^chunk [01]: was on the disk, and its file is gone$/),
    ]);
    const session = await only();
    for (const { chunk } of keptChunks(session)) session.contents.hasNoFile(chunk);
    const never = { index: 2, revision: 0, items: 7 };
    session.contents.add({ type: 'accepted', chunk: never, time: { startMs: 0, timeBase: 'host' } }, 0);
    const { damage, lost } = await checkSession(placeAt(root), session);
    expect([damage.length, lost.map(({ chunk }) => chunk.index)]).toEqual([2, [2]]);
  });

  it('does not take a chunk for damaged that has been delivered meanwhile', async () => {
    const session = await only();
    rmSync(await inSession('chunks', '0.chunk'));
    expect((await checkSession(placeAt(root), session)).damage).toHaveLength(1);
    rmSync(await inSession(), { recursive: true });
    expect((await checkSession(placeAt(root), session)).damage).toEqual([]);
    expect(await isStillKept(placeAt(root), session, { index: 0, revision: 0, items: 1 })).toBe(false);
  });
});

describe('the chunks of a session', () => {
  it('are told by their place, and read back as they were encoded', async () => {
    const session = await only();
    const chunks = keptChunks(session);
    expect(chunks.map(({ chunk }) => [chunk.index, chunk.items])).toEqual([
      [0, 20],
      [1, 5],
    ]);
    expect(chunks.every(hasBody)).toBe(true);
    const { dims, bytes, time } = await bodyOf(placeAt(root), session, chunks[0]!);
    expect([dims, bytes.byteLength > 20 * 64 * 48 * 0.9]).toEqual([[20, 48, 64], true]);
    expect(time?.startMs).toBe(Date.UTC(2026, 0));
  });
});
