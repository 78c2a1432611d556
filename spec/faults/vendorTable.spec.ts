import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { concatMap, filter, firstValueFrom, from, lastValueFrom, of, timer } from 'rxjs';
import { Budget } from '../../src/flow/budget.js';
import { IncompleteSessionError, InputError } from '../../src/model/errors.js';
import type { Frame } from '../../src/model/frame.js';
import { toGray8 } from '../../src/operators/toGray8.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { fromFrames } from '../../src/sources/fromFrames.js';
import { RHEEDStreamer } from '../../src/streamers/rheedStreamer.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { decodeShard } from '../../src/zarr/decodeShard.js';
import { readShardIndex } from '../../src/zarr/shardIndex.js';
import { openZstd } from '../../src/zarr/zstd/openZstd.js';
import { readArray } from '../server/localServer.js';
import { expectConserved } from './httpConservation.js';
import { startSlowLink } from './slowLinkProxy.js';
import { type Call, callsOfSystem, callsOnDisk } from './vendorTableCalls.js';
import { startChild } from './vendorTableChild.js';
import { asked, epistream, KEY, Lab, noisyFrames } from './vendorTableLab.js';

/** What the vendor's client does with each fault is measured; these are its rows, and what ours does. */
const labs: Lab[] = [];
const openLab = async (...options: Parameters<typeof Lab.open>): Promise<Lab> => {
  const lab = await Lab.open(...options);
  labs.push(lab);
  return lab;
};
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});

const zstd = await openZstd();
/** The numbers that the frames of a shard begin with. */
const labelsOf = (body: Buffer, [count = 0, height = 0, width = 0]: readonly number[]): number[] =>
  decodeShard(body, { frames: count, height, width }, zstd).map(([label = Number.NaN]) => label);

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('A key that is refused for 3 s while 10 chunks are pushed', () => {
  const frames = noisyFrames(22, 100);

  /** A chunk before, then ten while the platform knows no key, one every 200 ms. */
  const run = async (lab: Lab, apiKey: string | (() => string), mend: () => void, spool?: false) => {
    const connected = lab.connect({ apiKey, ...(spool === false && { spool }) });
    const first = connected.until('delivered');
    const [before, during] = [frames.slice(0, 2), frames.slice(2)];
    const pushed$ = from(during).pipe(concatMap((frame) => timer(100).pipe(concatMap(() => of(frame)))));
    const camera$ = from([of(...before), from(first).pipe(concatMap(() => pushed$))]).pipe(concatMap((part$) => part$));
    const sent = lastValueFrom(camera$.pipe(rheedSink(connected.platform, asked)));
    await first;
    lab.record.accepts = () => false;
    await wait(3_000);
    mend();
    await sent;
    return connected;
  };

  it('pauses delivery, and all 10 arrive: a key that stays what it is, on disk and in memory, and one that is renewed', async () => {
    const [onDisk, inMemory, renewed] = await Promise.all([openLab(), openLab(), openLab()]);
    const again = (lab: Lab) => () => {
      lab.record.accepts = (given) => given === KEY;
    };
    let key = 'the-old-key';
    const renew = () => {
      key = 'the-new-key';
      renewed.record.accepts = (given) => given === key;
    };
    const ran = await Promise.all([
      run(onDisk, KEY, again(onDisk)),
      run(inMemory, KEY, again(inMemory), false),
      run(renewed, () => key, renew),
    ]);
    for (const connected of ran) {
      expectConserved(connected.told(frames));
      expect(connected.report()).toMatchObject({ delivered: 22, rejected: 0, lost: 0, ended: true });
      const pauses = connected.types().filter((type) => type === 'paused' || type === 'resumed');
      expect(pauses).toEqual(['paused', 'resumed']);
    }
  });
});

describe('A chunk that is refused with 422', () => {
  it('is a dead letter: kept on disk, named at the end, exportable, and sent again on demand', async () => {
    const lab = await openLab();
    lab.record.refusesChunk = (index) => (index === 3 ? 422 : undefined);
    const frames = noisyFrames(10);
    const connected = lab.connect();
    const error = await failureOf(lastValueFrom(from(frames).pipe(rheedSink(connected.platform, asked))));
    await connected.platform.close();
    expectConserved(connected.told(frames));
    expect(error).toBeInstanceOf(IncompleteSessionError);
    const report = connected.report();
    expect(report).toMatchObject({ delivered: 8, rejected: 2, ended: true });
    expect(report.deadLetters).toMatchObject([{ chunk: { index: 3 }, problem: { status: 422 } }]);
    expect(await lab.spooled()).toEqual([report.session]);

    const out = lab.beside('export');
    expect(await epistream('spool', 'export', report.session, '--out', out, '--spool', lab.dir)).toMatchObject({
      event: 'exported',
      frames: 2,
      refused: 2,
    });
    const { data, shape } = await readArray(join(out, 'frames.zarr'), 'frames');
    const size = 10_000;
    const places = frames.flatMap((_, k) =>
      data.slice(k * size, (k + 1) * size).some((pixel) => pixel > 0) ? [k] : [],
    );
    expect(shape.slice(1)).toEqual([10, 1000]);
    expect(places).toHaveLength(2);
    for (const [i, place] of places.entries())
      expect(Buffer.compare(Buffer.from(data.slice(place * size, (place + 1) * size)), frames[6 + i]!.data)).toBe(0);

    lab.record.refusesChunk = () => undefined;
    await epistream('spool', 'retry', report.session, '--spool', lab.dir, '--endpoint', lab.record.url, '--key', KEY);
    expect(lab.record.streams).toHaveLength(2);
    expect(lab.record.streams[1]).toMatchObject({ state: 'ended', log: ['presign 0', 'put 0', 'end'] });
    expect(await lab.spooled()).toEqual([]);
  });
});

describe('A replay over a slow link, with a small spool', () => {
  it('makes a pull source wait: nothing is dropped', async () => {
    const lab = await openLab();
    const link = await startSlowLink(lab.record.url, 4_000_000);
    lab.closes(link.close);
    lab.record.isAway = true;
    const frames = noisyFrames(40);
    let pulled = 0;
    function* files() {
      for (const frame of frames) {
        pulled++;
        yield frame;
      }
    }
    const budget = new Budget(200_000);
    const connected = lab.connect({
      endpoint: link.url,
      budget,
      spool: { dir: lab.dir, maxBytes: 100_000, minFreeBytes: 0 },
    });
    const sent = lastValueFrom(fromFrames(files(), { budget }).pipe(rheedSink(connected.platform, asked)));
    await firstValueFrom(connected.platform.status$.pipe(filter(({ spool }) => spool?.isFull === true)));
    while (budget.waiting === 0) await wait(20);
    expect(pulled).toBeLessThan(30);
    lab.record.isAway = false;
    await sent;
    expectConserved(connected.told(frames));
    expect(connected.report()).toMatchObject({
      offered: 40,
      delivered: 40,
      dropped: 0,
      lost: 0,
      gaps: [],
      ended: true,
    });
  });
});

describe('A platform that cannot be reached at the start', () => {
  it('lets the run begin: it is accepted, spooled, and opened later', async () => {
    const before = await openLab();
    const port = Number(new URL(before.record.url).port);
    await before.record.close(); // nobody listens there any more
    const connected = before.connect();
    const frames = noisyFrames(12);
    const [durable, retrying] = [connected.until('durable', 6), connected.until('retrying', 3)];
    const sent = lastValueFrom(from(frames).pipe(rheedSink(connected.platform, asked)));
    await durable;
    await retrying;
    expect(connected.types()).not.toContain('opened');
    const later = await openLab({ port });
    await sent;
    expectConserved({ ...connected.told(frames), streams: later.record.streams });
    expect(connected.report()).toMatchObject({ delivered: 12, ended: true, orphans: [] });
    expect(later.record.streams).toHaveLength(1);
  });
});

describe('A process that is killed', () => {
  it('in mid-run leaves chunks that are delivered, and a stream that is ended, by the next', async () => {
    const lab = await openLab();
    const process = startChild({ endpoint: lab.record.url, dir: lab.dir, frames: 10_000 });
    await process.line('delivered', 2);
    lab.record.isAway = true;
    await process.line('durable', 8);
    process.kill();
    const durable = new Set((await process.ended).filter(({ type }) => type === 'durable').map(({ chunk }) => chunk));
    lab.record.isAway = false;

    const connected = lab.connect();
    await connected.until('closed');
    const [stream] = lab.record.streams;
    for (const index of durable) {
      const { body, dims } = stream?.shards.get(index) ?? {};
      expect(body && dims && labelsOf(body, dims)).toEqual([(2 * index) % 256, (2 * index + 1) % 256]);
    }
    expect(durable.size).toBeGreaterThanOrEqual(8);
    expect(stream).toMatchObject({ state: 'ended' });
    expect(stream?.log.at(-1)).toBe('end');
    expect(lab.record.streams).toHaveLength(1);
    expect(connected.report()).toMatchObject({ outcome: 'interrupted', ended: true, kept: 0 });
    await connected.platform.close();
    expect(await lab.spooled()).toEqual([]);
  });
});

describe('A power cut', () => {
  /** When chunks were safe: draft synced, renamed, its directory synced, a record synced, in this order. */
  const safeAt = (calls: readonly Call[]): number[] =>
    calls.flatMap(({ what, path, from }, renamed) => {
      if (what !== 'rename' || !/[\\/]chunks[\\/]\d+\.chunk$/.test(path)) return [];
      const synced = calls.findIndex((call) => call.what === 'sync' && call.path === from);
      const next = (after: number, name: RegExp) =>
        calls.findIndex((call, i) => i > after && call.what === 'sync' && name.test(call.path));
      const named = next(renamed, /[\\/]chunks$/);
      const recorded = next(named, /[\\/]journal\.\d+$/);
      expect([synced >= 0 && synced < renamed, named > renamed, recorded > named]).toEqual([true, true, true]);
      return [recorded];
    });

  /** So many chunks were never told to be durable before as many were safe. */
  const expectSafeFirst = (calls: readonly Call[], chunks: number): void => {
    const safe = safeAt(calls).sort((one, other) => one - other);
    const told = calls.flatMap(({ what }, i) => (what === 'told' ? [i] : []));
    expect([safe.length, told.length]).toEqual([chunks, chunks]);
    for (const [k, at] of told.entries()) expect(at).toBeGreaterThan(safe[k] ?? Number.POSITIVE_INFINITY);
  };

  it('finds that durable means synced, by what a disk is asked for', async () => {
    const lab = await openLab();
    expectSafeFirst(await callsOnDisk(lab, noisyFrames(12)), 6);
  });

  it('finds that durable means synced, by the calls that the system is asked for', async () => {
    const lab = await openLab();
    const calls = await callsOfSystem({ endpoint: lab.record.url, dir: lab.dir, frames: 12 }, lab.beside('calls'));
    if (calls === undefined) return; // it has said that there is no strace
    expectSafeFirst(calls, 6);
  });
});

describe('Two hours without contact', () => {
  const TWO_HOURS_MS = 2 * 3_600_000 + 60_000;
  afterEach(() => {
    jest.restoreAllMocks();
  });
  /** The platform is away, the hours pass on the wall clock, and the platform has closed the stream when it is back. */
  const pass = async (lab: Lab): Promise<void> => {
    const { now } = Date;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + TWO_HOURS_MS);
    await wait(300);
    for (const stream of lab.record.streams) stream.state = 'closed';
    lab.record.isAway = false;
  };

  it('keep every chunk, and a continuation stream takes the rest', async () => {
    const lab = await openLab();
    const connected = lab.connect();
    const frames = noisyFrames(12);
    const delivered = connected.until('delivered');
    const durable = connected.until('durable', 6);
    const camera$ = from([
      from(frames.slice(0, 2)),
      from(delivered).pipe(
        concatMap(() => {
          lab.record.isAway = true;
          return frames.slice(2);
        }),
      ),
    ]).pipe(concatMap((part$) => part$));
    const sent = lastValueFrom(camera$.pipe(rheedSink(connected.platform, asked)));
    await durable;
    await pass(lab);
    await sent;
    expectConserved(connected.told(frames));
    expect(connected.report()).toMatchObject({ delivered: 12, lost: 0, rejected: 0, ended: true });
    expect(lab.record.streams.map(({ state, shards }) => [state, shards.size])).toEqual([
      ['closed', 1],
      ['ended', 5],
    ]);
    await connected.platform.close();
    expect(await lab.spooled()).toEqual([]);
  });

  it('keep every chunk of a process that is gone: exportable, and sent again on demand', async () => {
    const lab = await openLab();
    const first = lab.connect();
    const frames = noisyFrames(12);
    const delivered = first.until('delivered');
    const durable = first.until('durable', 6);
    from([
      from(frames.slice(0, 2)),
      from(delivered).pipe(
        concatMap(() => {
          lab.record.isAway = true;
          return frames.slice(2);
        }),
      ),
    ])
      .pipe(
        concatMap((part$) => part$),
        rheedSink(first.platform, asked),
      )
      .subscribe({ error: () => {} }); // closed short of its end
    await durable;
    await first.platform.close({ deadlineMs: 0 });
    await pass(lab);

    const second = lab.connect();
    await second.until('gaveUp');
    await second.platform.close();
    expect(second.report()).toMatchObject({ delivered: 2, kept: 10, lost: 0 });
    const [session = ''] = await lab.spooled();
    const out = lab.beside('export');
    expect(await epistream('spool', 'export', session, '--out', out, '--spool', lab.dir)).toMatchObject({
      frames: 10,
      failed: [],
    });

    await epistream('spool', 'retry', session, '--spool', lab.dir, '--endpoint', lab.record.url, '--key', KEY);
    expect(lab.record.streams.map(({ state, shards }) => [state, shards.size])).toEqual([
      ['closed', 1],
      ['ended', 5],
    ]);
    expect(await lab.spooled()).toEqual([]);
  });
});

describe('An all-black chunk', () => {
  it('is uploaded, every frame of it', async () => {
    const lab = await openLab();
    const { platform, ...connected } = lab.connect();
    const black = Array.from({ length: 4 }, () => grayFrame({ width: 40, height: 30, data: new Uint8Array(1200) }));
    const last = await lastValueFrom(from(black).pipe(rheedSink(platform, asked)));
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 4, ended: true } });
    const shards = [...(lab.record.streams[0]?.shards.values() ?? [])];
    expect(shards.map(({ body }) => readShardIndex(body, 2).filter((entry) => entry !== null).length)).toEqual([2, 2]);
    expect(connected.events.length).toBeGreaterThan(0);
  });
});

describe('Frames of 16 bits', () => {
  const wide: Frame<'gray16'> = { width: 2, height: 1, format: 'gray16', data: Uint16Array.of(255, 256) };

  it('are an error, and nothing is opened for them', async () => {
    const lab = await openLab();
    const { platform } = lab.connect();
    const error = await failureOf(
      lastValueFrom(of(wide as unknown as Frame<'gray8'>).pipe(rheedSink(platform, asked))),
    );
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ context: { field: 'format', value: 'gray16' } });
    expect(lab.record.streams).toEqual([]);
  });

  it('are delivered through a named conversion, which wraps nothing', async () => {
    const lab = await openLab();
    const connected = lab.connect();
    await lastValueFrom(of(wide).pipe(toGray8({ window: [0, 65_535] }), rheedSink(connected.platform, asked)));
    const told = connected.told([grayFrame({ width: 2, height: 1, data: Uint8Array.of(1, 1) })]);
    expectConserved(told);
  });
});

describe('A chunk index that is pushed twice', () => {
  it("is refused: indexes are the library's own, and the first stands", async () => {
    const lab = await openLab();
    const connected = lab.connect();
    const streamer = new RHEEDStreamer({ platform: connected.platform });
    const frames = noisyFrames(4);
    const session = await streamer.initialize(asked);
    streamer.push(session, 0, frames.slice(0, 2));
    expect(() => streamer.push(session, 0, frames.slice(2))).toThrow(InputError);
    streamer.push(session, 1, frames.slice(2));
    expect(await streamer.finalize(session)).toMatchObject({ delivered: 4, ended: true });
    expectConserved(connected.told(frames));
    expect(lab.record.streams[0]?.log.filter((line) => line === 'put 0')).toHaveLength(1);
  });
});
