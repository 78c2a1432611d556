import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nodeDisk } from '../../src/files/nodeDisk.js';
import { hostClock } from '../../src/flow/hostClock.js';
import type { EncodedChunk } from '../../src/model/encodedChunk.js';
import { SpoolError } from '../../src/model/errors.js';
import { ChunkFiles, type ChunkHeader } from '../../src/spool/chunkFiles.js';
import { lentBody } from '../journal/lentBody.js';
import { goldenChunkFile } from './goldenBytes.js';
import { ManualClock, settled } from './manualClock.js';
import { WatchedDisk } from './watchedDisk.js';

const clock = { offsetMs: -1.5, uncertaintyMs: 0.25, takenAt: 1_763_672_399_000 };
const time = { startMs: 1_763_672_400_123.25, timeBase: 'host', clock } as const;
const chunk = (index: number) => ({ index, revision: 0, items: 2 });
const golden = Buffer.from(goldenChunkFile, 'hex');
const goldenHeader: ChunkHeader = { chunk: chunk(0), time, dims: [2, 480, 640], bytes: 5, crc: 149_265_824 };

const bodyOf = (...parts: Uint8Array[]): EncodedChunk => ({
  parts,
  byteLength: parts.reduce((sum, part) => sum + part.length, 0),
  dims: [2, 480, 640],
  release: () => {
    throw new Error('the body is not this file’s to release');
  },
});
const rheed = (): EncodedChunk => bodyOf(Buffer.from('RH'), new Uint8Array(0), Buffer.from('EED'));

/** The same bytes as a view of a larger arena. */
const lent = (bytes: Uint8Array, isShared: boolean): Uint8Array => {
  const length = bytes.length + 2;
  const arena = isShared ? new Uint8Array(new SharedArrayBuffer(length)) : new Uint8Array(length);
  arena.fill(0xee);
  arena.set(bytes, 1);
  return arena.subarray(1, 1 + bytes.length);
};

const filesOn = (disk: WatchedDisk) => {
  const clock = new ManualClock();
  const troubles: [string, number][] = [];
  const onTrouble = (error: unknown, inMs: number) => troubles.push([(error as { code: string }).code, inMs]);
  return { disk, clock, troubles, files: new ChunkFiles(disk, '/s/chunks', { clock, onTrouble }) };
};
const withFile = (bytes: Uint8Array) => filesOn(new WatchedDisk({ 'chunks/0.chunk': bytes }));
/** What was done, without the names of drafts. */
const steps = (disk: WatchedDisk): string[] => disk.calls.map((call) => call.replace(/[\da-f-]{36}/, '*'));

describe('A chunk file', () => {
  it('is written in the bytes that another program writes', async () => {
    const { disk, files } = filesOn(new WatchedDisk());
    expect(await files.keep(chunk(0), time, rheed())).toEqual({ file: '0.chunk', crc: goldenHeader.crc });
    expect(Buffer.from(await disk.read('/s/chunks/0.chunk')).toString('hex')).toBe(goldenChunkFile);
  });

  it('is read as it was meant', async () => {
    const { files } = withFile(golden);
    const { header, body } = await files.read('0.chunk');
    expect(header).toEqual(goldenHeader);
    expect(Buffer.from(body).toString()).toBe('RHEED');
    expect(await files.header('0.chunk')).toEqual(goldenHeader);
  });

  it('gives back any body, in whatever memory its parts were', async () => {
    const part = fc.tuple(fc.uint8Array({ maxLength: 50 }), fc.boolean());
    const channel = fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), channel, async (parts, channel) => {
        const { files } = filesOn(new WatchedDisk());
        const named = { ...chunk(1), ...(channel === undefined ? {} : { channel }) };
        const { file } = await files.keep(
          named,
          time,
          bodyOf(...parts.map(([bytes, isShared]) => lent(bytes, isShared))),
        );
        const { header, body } = await files.read(file);
        expect(Buffer.compare(body, Buffer.concat(parts.map(([bytes]) => bytes)))).toBe(0);
        expect(header.chunk).toStrictEqual(named);
      }),
      { numRuns: 100 },
    );
  });

  it('is the same on a real disk', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'epistream-chunks-'));
    const onTrouble = (error: unknown) => {
      throw error;
    };
    const files = new ChunkFiles(nodeDisk(), join(directory, 'chunks'), { clock: hostClock, onTrouble });
    const parts = [lent(Buffer.from('RH'), true), new Uint8Array(0), lent(Buffer.from('EED'), false)];
    const { file } = await files.keep(chunk(0), time, bodyOf(...parts));
    expect((await readFile(join(directory, 'chunks', file))).toString('hex')).toBe(goldenChunkFile);
    expect((await files.read(file)).header).toEqual(await files.header(file));
    await files.quarantine(file);
    expect((await readdir(directory)).sort()).toEqual(['chunks', 'quarantine']);
    expect(await files.list()).toEqual([]);
    await rm(directory, { recursive: true });
  });

  it('is refused whichever byte of it is missing, and whichever bit is changed', async () => {
    for (let length = 0; length < golden.length; length++)
      await expect(withFile(golden.subarray(0, length)).files.read('0.chunk')).rejects.toThrow(SpoolError);
    for (let bit = 0; bit < golden.length * 8; bit++) {
      const bytes = Uint8Array.from(golden);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await expect(withFile(bytes).files.read('0.chunk')).rejects.toThrow(SpoolError);
    }
  });

  it('is refused with a reason', async () => {
    const reasonOf = async (bytes: Uint8Array) =>
      withFile(bytes)
        .files.read('0.chunk')
        .then(String, (error: SpoolError) => error.context.reason);
    expect(await reasonOf(golden.subarray(0, -1))).toBe('holds 4 bytes of a chunk that has 5');
    expect(await reasonOf(Buffer.concat([golden, golden]))).toBe(
      `holds ${5 + golden.length} bytes of a chunk that has 5`,
    );
    expect(await reasonOf(Buffer.concat([golden.subarray(0, -1), Buffer.from('d')]))).toBe(
      'does not match its checksum',
    );
    expect(await reasonOf(new Uint8Array(4096))).toBe('has no readable header');
  });

  it('tells what it is also without its body, and nothing with a damaged header', async () => {
    expect(await withFile(golden.subarray(0, -5)).files.header('0.chunk')).toEqual(goldenHeader);
    expect(await withFile(golden.subarray(0, -6)).files.header('0.chunk')).toBeUndefined();
    expect(await withFile(new Uint8Array(0)).files.header('0.chunk')).toBeUndefined();
    expect(await filesOn(new WatchedDisk()).files.header('0.chunk')).toBeUndefined();
  });

  it('tells it from its first page, but for a header that is longer', async () => {
    const { disk, files } = filesOn(new WatchedDisk());
    const channel = 'x'.repeat(5000);
    await files.keep(chunk(0), time, bodyOf(new Uint8Array(50_000)));
    await files.keep({ ...chunk(1), channel }, time, bodyOf(new Uint8Array(50_000)));
    const read: (number | undefined)[] = [];
    const original = disk.read.bind(disk);
    disk.read = (path, part) => {
      read.push(part?.bytes);
      return original(path, part);
    };
    expect((await files.header('0.chunk'))?.chunk).toEqual(chunk(0));
    expect(read).toEqual([4096]);
    expect((await files.header('1.chunk'))?.chunk).toEqual({ ...chunk(1), channel });
    expect(read).toEqual([4096, 4096, expect.any(Number)]);
    expect(read[2]).toBeLessThan(6000);
    disk.plant('/s/chunks/2.chunk', new Uint8Array(5000).fill(0xff));
    expect(await files.header('2.chunk')).toBeUndefined();
    expect(read.slice(3)).toEqual([4096]); // and no 4 GiB
  });

  it('is damaged when it is gone or the disk cannot read it, and not for what may pass', async () => {
    const { disk, files } = withFile(golden);
    await expect(files.read('7.chunk')).rejects.toMatchObject({ _tag: 'SpoolError', cause: { code: 'ENOENT' } });
    disk.fails = (kind) => (kind === 'read' ? 'EIO' : undefined);
    await expect(files.read('0.chunk')).rejects.toMatchObject({ _tag: 'SpoolError', cause: { code: 'EIO' } });
    disk.fails = (kind) => (kind === 'read' ? 'EMFILE' : undefined);
    await expect(files.read('0.chunk')).rejects.toMatchObject({ code: 'EMFILE' });
    await expect(files.header('0.chunk')).rejects.toMatchObject({ code: 'EMFILE' });
    disk.plant('/s/chunks/1.chunk', 'other');
    disk.heal();
    await expect(files.read('1.chunk')).rejects.toThrow(SpoolError);
  });

  it.each(['../asked', '../../etc/passwd', '0.chunk/..', '', '0', 'x.chunk', '00.chunk', '0.chunk.draft', '0.CHUNK'])(
    'is not called %p',
    async (name) => {
      const { disk, files } = withFile(golden);
      await expect(files.read(name)).rejects.toThrow(SpoolError);
      await expect(files.remove(name)).rejects.toThrow(SpoolError);
      await expect(files.quarantine(name)).rejects.toThrow(SpoolError);
      expect(await files.header(name)).toBeUndefined();
      expect(disk.calls.filter((call) => /remove|rename/.test(call))).toEqual([]);
      expect(disk.count('read')).toBe(0);
    },
  );
});

describe('Keeping a chunk', () => {
  it('writes and syncs a draft, gives it its name, and syncs that', async () => {
    const { disk, files } = filesOn(new WatchedDisk({ 'chunks/x': Uint8Array.of(1) }));
    await files.keep(chunk(0), time, rheed());
    expect(steps(disk).filter((step) => !step.startsWith('makeDirectory'))).toEqual([
      'create *.draft',
      'write *.draft',
      'sync *.draft',
      'close *.draft',
      'rename *.draft',
      'syncDirectory chunks',
    ]);
  });

  it('leaves the body to whoever lent it, who may release it then', async () => {
    const { files } = filesOn(new WatchedDisk());
    const body = lentBody(1, 2, 3, 4);
    const { file } = await files.keep(chunk(0), time, body);
    expect(body.released).toBe(0);
    body.release();
    expect([...(await files.read(file)).body]).toEqual([1, 2, 3, 4]);
  });

  it('gives each a file of its own, also those kept at the same time', async () => {
    const { files } = filesOn(new WatchedDisk());
    const kept = await Promise.all([0, 1, 2].map((index) => files.keep(chunk(index), time, rheed())));
    kept.push(await files.keep(chunk(0), time, rheed()));
    expect(kept.map(({ file }) => file)).toEqual(['0.chunk', '1.chunk', '2.chunk', '3.chunk']);
    expect((await files.header('2.chunk'))?.chunk.index).toBe(2);
  });

  it('replaces nothing that an earlier process has left', async () => {
    const { disk, files } = filesOn(new WatchedDisk({ 'chunks/9.chunk': golden, 'chunks/10.chunk': golden }));
    expect((await files.keep(chunk(1), time, rheed())).file).toBe('11.chunk');
    expect(await disk.read('/s/chunks/10.chunk')).toEqual(new Uint8Array(golden));
  });

  it.each([
    ['makeDirectory', 1] as const,
    ['list', 1] as const,
    ...['create', 'write', 'sync', 'close', 'rename', 'syncDirectory'].flatMap((step) =>
      [1, 2].map((nth) => [step, nth] as const),
    ),
  ])('survives a failure of %s number %i, and then a power cut', async (step, nth) => {
    const { disk, clock, files, troubles } = filesOn(new WatchedDisk());
    disk.fails = (kind, count) => (kind === step && count === nth ? 'EIO' : undefined);
    const kept = [];
    for (const index of [0, 1]) {
      kept.push(await clock.until(files.keep(chunk(index), time, rheed())));
      for (const luck of [0, 0.2, 0.5, 0.7, 0.99]) {
        const after = new ChunkFiles(
          disk.crash(() => luck),
          '/s/chunks',
          { clock, onTrouble: () => {} },
        );
        for (const [i, { file }] of kept.entries()) expect((await after.read(file)).header.chunk.index).toBe(i);
      }
    }
    disk.heal();
    expect(kept.map(({ file }) => file)).toEqual(['0.chunk', '1.chunk']);
    expect(await disk.namesIn('/s/chunks')).toEqual(['0.chunk', '1.chunk']);
    expect(troubles).toEqual([['EIO', 500]]);
  });

  it('never syncs a draft twice, and never writes to one again', async () => {
    const { disk, clock, files, troubles } = filesOn(new WatchedDisk());
    disk.fails = (kind, nth) => (kind === 'sync' && nth < 4 ? 'EIO' : undefined);
    await clock.until(files.keep(chunk(0), time, rheed()), 100);
    for (const step of ['write', 'sync'] as const) {
      const drafts = disk.calls.filter((call) => call.startsWith(`${step} `));
      expect([drafts.length, new Set(drafts).size]).toEqual([4, 4]);
    }
    expect(troubles).toEqual([500, 1000, 2000].map((inMs) => ['EIO', inMs]));
  });

  it('waits for room on a full disk, and takes none meanwhile', async () => {
    const { disk, clock, files, troubles } = filesOn(new WatchedDisk());
    await disk.leave(100);
    const kept = files.keep(chunk(0), time, rheed());
    for (let i = 0; i < 10; i++) await clock.pass(5000);
    expect(troubles.length).toBeGreaterThan(5);
    expect(await disk.freeBytes('/')).toBe(100);
    await disk.leave(1000);
    expect(await clock.until(kept)).toMatchObject({ file: '0.chunk' });
  });

  it('is given up when the files are closed, now and from then on', async () => {
    const { disk, clock, files, troubles } = filesOn(new WatchedDisk());
    disk.fails = (kind) => (kind === 'write' ? 'EROFS' : undefined);
    const refused = expect(files.keep(chunk(0), time, rheed())).rejects.toThrow(SpoolError);
    await settled();
    files.close();
    await refused;
    await clock.pass(60_000);
    expect(troubles).toHaveLength(1);
    await expect(files.keep(chunk(1), time, rheed())).rejects.toThrow(SpoolError);
    expect(disk.count('write')).toBe(1);
  });
});

describe('The chunk files of a session', () => {
  it('are listed in the order they were kept, without drafts and what is none of ours', async () => {
    const names = ['10.chunk', '9.chunk', '0.chunk', 'a.draft', '1.chunk.bak', '02.chunk', '3.chunk/x', 'Thumbs.db'];
    const { disk, files } = filesOn(
      new WatchedDisk(Object.fromEntries(names.map((name) => [`chunks/${name}`, Uint8Array.of(1)]))),
    );
    disk.plant('/s/chunks/4.chunk', 'other');
    expect(await files.list()).toEqual(['0.chunk', '9.chunk', '10.chunk']);
    await files.sweep();
    expect(await disk.namesIn('/s/chunks')).toEqual(
      [...names.filter((name) => name !== 'a.draft' && name !== '3.chunk/x'), '3.chunk', '4.chunk'].sort(),
    );
  });

  it('are none before one is kept', async () => {
    const { disk, files } = filesOn(new WatchedDisk());
    expect(await files.list()).toEqual([]);
    await files.sweep();
    disk.fails = () => 'EACCES';
    await expect(files.list()).rejects.toMatchObject({ code: 'EACCES' });
  });

  it('are removed by name, once or again', async () => {
    const { disk, files } = withFile(golden);
    await files.remove('0.chunk');
    await files.remove('0.chunk');
    expect(await disk.namesIn('/s/chunks')).toEqual([]);
  });

  it('are set aside as they are', async () => {
    const { disk, files } = withFile(golden.subarray(7));
    await files.quarantine('0.chunk');
    expect(await files.list()).toEqual([]);
    expect(await disk.read('/s/quarantine/0.chunk')).toEqual(new Uint8Array(golden.subarray(7)));
  });
});
