import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { pack } from 'msgpackr';
import { lastValueFrom, take, tap, toArray } from 'rxjs';
import type { BadReading } from '../../src/sources/badReading.js';
import { fromMsgpack } from '../../src/sources/fromMsgpack.js';

const sample = { type: 'sample', channel: 'T', t: 1_686_529_404_656, value: 1 };
const streamOf = (...records: readonly unknown[]) =>
  Readable.from(
    records.map((record) => pack(record)),
    { objectMode: false },
  );

describe('fromMsgpack', () => {
  it('tells of other records, and goes on', async () => {
    const told: BadReading[] = [];
    const frame = { type: 'frame', data: Buffer.alloc(10_000) };
    const readable = streamOf(sample, frame, { ...sample, t: 7e8 }, { ...sample, value: 2 });
    const samples$ = fromMsgpack(readable, { name: 'camera PC', onBad: (bad) => told.push(bad) });
    expect((await lastValueFrom(samples$.pipe(toArray()))).map(({ value }) => value)).toEqual([1, 2]);
    expect(told.map(({ from, text, error }) => [from, text.slice(0, 15), (error as Error).message])).toEqual([
      ['camera PC', "{ type: 'frame'", `type must be 'sample', and is "frame"`],
      ['camera PC', "{ type: 'sample", 't must be in milliseconds (these look like seconds), and is 700000000'],
    ]);
    expect(told.every(({ text }) => text.length <= 200)).toBe(true);
  });

  it('gives up a bridge that is silent, and one that ends when it may not', async () => {
    const readable = new PassThrough();
    await expect(lastValueFrom(fromMsgpack(readable, { watchdogMs: 5 }))).rejects.toMatchObject({
      context: { source: 'the bridge', fault: 'silent' },
    });
    expect(readable.destroyed).toBe(true);
    await expect(lastValueFrom(fromMsgpack(() => streamOf(sample)))).rejects.toMatchObject({
      context: { fault: 'unreachable' },
    });
  });

  it('completes and destroys its stream when it is aborted', async () => {
    const readable = new PassThrough();
    const controller = new AbortController();
    const samples = lastValueFrom(fromMsgpack(readable, { signal: controller.signal }).pipe(toArray()));
    controller.abort();
    expect([await samples, readable.destroyed]).toEqual([[], true]);
  });

  it.each([
    ['readable', undefined, {}],
    ['watchdogMs', streamOf(), { watchdogMs: Number.NaN }],
    ['maxRecordBytes', streamOf(), { maxRecordBytes: 0 }],
  ])('refuses a wrong %s at the call', (field, readable, options) => {
    expect(() => fromMsgpack(readable as never, options)).toThrow(
      expect.objectContaining({ _tag: 'InputError', context: expect.objectContaining({ field }) }),
    );
  });
});

describe('fromMsgpack from a bridge process', () => {
  const start = (way: string): ChildProcess & { readonly stdout: Readable } =>
    spawn(process.execPath, [fileURLToPath(new URL('./bridge.mjs', import.meta.url)), way], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }) as never;

  it.each([
    ['cut', 49, 'ended in the middle of a record'],
    ['garbage', 50, 'sends something that is no record'],
  ])('says how much was good when its stream is %s', async (way, good, reason) => {
    let heard = 0;
    const samples$ = fromMsgpack(start(way).stdout).pipe(tap(() => heard++));
    await expect(lastValueFrom(samples$)).rejects.toMatchObject({
      _tag: 'SourceError',
      message: expect.stringContaining(reason),
      context: { records: good },
    });
    expect(heard).toBe(good);
  });

  it('takes every sample, and closes the pipe when it is left', async () => {
    const bridge = start('stay');
    const exit = once(bridge, 'exit');
    const samples = await lastValueFrom(fromMsgpack(bridge.stdout).pipe(take(51), toArray()));
    expect(samples.map(({ t, value }) => [t - 1_686_529_404_656, value])).toEqual(
      Array.from({ length: 51 }, (_, n) => [n, n / 4]),
    );
    expect((await exit)[0]).toBe(7); // its next write found nobody
  });
});
