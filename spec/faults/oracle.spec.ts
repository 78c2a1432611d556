import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import type { SessionReport } from '../../src/model/sessionReport.js';
import { inlineShardEncoder } from '../../src/zarr/inlineShardEncoder.js';
import { openZstd } from '../../src/zarr/zstd/openZstd.js';
import { readLedger, startGrowth } from './growthProcess.js';
import { pixelsOf } from './oracleFrames.mjs';
import type { LedgerLine } from './oracleLedger.mjs';
import { type Oracle, startOracle } from './oracleServer.js';
import { verdictOn } from './oracleVerdict.js';

let oracle: Oracle;
const folder = mkdtempSync(join(tmpdir(), 'epistream-oracle-'));
beforeAll(async () => {
  oracle = await startOracle();
});
afterAll(async () => {
  await oracle.close();
  rmSync(folder, { recursive: true });
});

const [width, height, framesPerChunk] = [72, 64, 2];
let count = 0;

/** A client by hand, and the ledger that is true of what it does: two chunks, all right unless said otherwise. */
const sender = () => {
  const name = `by hand ${count++}`;
  const ask = async (path: string, body: unknown): Promise<Response> =>
    fetch(`${oracle.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  const shardOf = async (index: number, { zstd = {}, place = 0 } = {}): Promise<Uint8Array> => {
    const shard = inlineShardEncoder(zstd).begin({ width, height, frames: framesPerChunk });
    for (const k of [place, 1]) shard.add(pixelsOf({ name, index, place: k }, width * height));
    const { parts } = await lastValueFrom(shard.finish());
    return Buffer.concat(parts);
  };
  const put = async (dataId: string, index: number, body?: Uint8Array, startMs = 1000 * index): Promise<number> => {
    const path = `/data_entries/raw_data/staged/upload_urls/?original_filename=frames.zarr/frames/c/${index}/0/0`;
    const dims = [framesPerChunk, height, width].join(',');
    const signed = await ask(path, { data_id: dataId, chunk_size: '2', dims, start_unix_ms_utc: String(startMs) });
    if (!signed.ok) return signed.status;
    const [{ url }] = (await signed.json()) as [{ url: string }];
    return (await fetch(url, { method: 'PUT', body: Buffer.from(body ?? (await shardOf(index))) })).status;
  };
  const create = async (): Promise<string> =>
    (await (await ask('/rheed/stream/', { data_item_name: name })).json()) as string;
  const end = (dataId: string) => ask(`/rheed/stream/${dataId}/end`, undefined);

  const report: SessionReport = {
    session: name as SessionReport['session'],
    kind: 'rheed',
    streams: [],
    outcome: 'complete',
    ended: true,
    offered: 4,
    delivered: 4,
    kept: 0,
    rejected: 0,
    dropped: 0,
    lost: 0,
    deadLetters: [],
    gaps: [],
    linksRefused: [],
    orphans: [],
  };
  const line = (said: Omit<LedgerLine, 'session'>): LedgerLine => ({ session: name, ...said });
  const ledgerOf = (closed: Partial<SessionReport> = {}): LedgerLine[] => [
    line({ type: 'asked', name }),
    ...[0, 1].flatMap((index) => [
      line({ type: 'accepted', index, items: 2 }),
      line({ type: 'durable', index, items: 2 }),
    ]),
    line({ type: 'closed', report: { ...report, ...closed } }),
  ];
  const verdict = async (ledger = ledgerOf(), left: string[] = []) =>
    verdictOn({ ledger, streams: await oracle.streams(name), left }).map((wrong) => wrong.replace(`${name}: `, ''));
  return { name, create, put, end, shardOf, ledgerOf, verdict };
};

/** A stream of both chunks, without its end. */
const sent = async () => {
  const client = sender();
  const dataId = await client.create();
  await client.put(dataId, 0);
  await client.put(dataId, 1);
  return { ...client, dataId };
};

describe('The oracle', () => {
  it('has nothing to say of a growth in memory that nothing befalls', async () => {
    const ledger = join(folder, 'ledger');
    const growth = startGrowth({ endpoint: oracle.url, spool: false, ledger, name: 'fair weather', sessions: 3 });
    await growth.over;
    const streams = await oracle.streams('fair weather');
    expect(verdictOn({ ledger: readLedger(ledger), streams })).toEqual([]);
    expect(streams.map(({ happened }) => happened.filter(({ what }) => what === 'put').length)).toEqual([10, 10, 10]);
    expect(readLedger(ledger).filter(({ type }) => type === 'closed')).toHaveLength(3);
  });

  it('has nothing to say of a chunk that comes twice as it was, of an end that is said twice, of a named orphan', async () => {
    const { create, put, end, dataId, ledgerOf, verdict } = await sent();
    await put(dataId, 1);
    await end(dataId);
    await end(dataId);
    await create();
    expect(await verdict(ledgerOf({ streams: [dataId as never], orphans: ['its name'] }))).toEqual([]);
  });

  it('misses a chunk that was durable', async () => {
    const client = sender();
    const dataId = await client.create();
    await client.put(dataId, 0);
    await client.end(dataId);
    expect(await client.verdict(client.ledgerOf({ delivered: 2, lost: 2 }))).toEqual([
      'I1 chunk 1 was durable, and never delivered',
    ]);
  });

  it('knows a chunk that nobody accepted, and a stream that nobody asked for', async () => {
    const { put, end, dataId, ledgerOf, verdict } = await sent();
    await put(dataId, 2);
    await end(dataId);
    expect(await verdict(ledgerOf({ offered: 4, delivered: 6, lost: -2 }))).toEqual(['I2 chunk 2 was never accepted']);
    expect(await verdict([])).toEqual(['I2 nobody asked for this stream']);
  });

  it('sees one frame in the place of another, a changed pixel, and bytes that are no shard', async () => {
    const { put, end, dataId, shardOf, verdict, create, name } = await sent();
    const [other, torn] = [await create(), await create()];
    await put(other, 0, await shardOf(0, { place: 1 }));
    const changed = await shardOf(1);
    changed[1000]! ^= 1;
    await put(other, 1, changed);
    await put(torn, 0, (await shardOf(0)).subarray(0, 5000));
    for (const one of [dataId, other, torn]) await end(one);
    expect(await verdict()).toEqual([
      `I3 chunk 0 frame 0 is ${name}/0/1 instead of ${name}/0/0`,
      'I3 chunk 1 frame 0 has other pixels',
      expect.stringMatching(/^I3 chunk 0 has a wrong index checksum/),
      'I4 its chunks went into more than one stream',
    ]);
  });

  it('sees a chunk that comes again with other bytes, or at another time', async () => {
    const { put, end, dataId, shardOf, verdict } = await sent();
    await put(dataId, 0, await shardOf(0, { zstd: { zstd: await openZstd() } }));
    await put(dataId, 1, await shardOf(1), 1001);
    await end(dataId);
    expect(await verdict()).toEqual([
      'I3 chunk 0 came twice, with another bytes',
      'I3 chunk 1 came twice, with another time',
    ]);
  });

  it('misses an end, also of an empty stream that no report names', async () => {
    const { dataId, verdict, create, end, ledgerOf } = await sent();
    expect(await verdict()).toEqual([`I4 ${dataId} was never ended`]);
    await end(dataId);
    const empty = await create();
    expect(await verdict()).toEqual([`I4 ${empty} was never ended`]);
    expect(await verdict(ledgerOf({ orphans: ['its name'], streams: [empty as never] }))).toEqual([
      `I4 ${empty} was never ended`,
    ]);
  });

  it('refuses a chunk after the end, and says that it was tried', async () => {
    const { put, end, dataId, verdict } = await sent();
    await end(dataId);
    expect(await put(dataId, 1)).toBe(409);
    expect(await verdict()).toEqual([`I4 presign of chunk 1 after the end of ${dataId}`]);
  });

  it('reads the reports', async () => {
    const { end, dataId, ledgerOf, verdict } = await sent();
    await end(dataId);
    expect(await verdict(ledgerOf().slice(0, -1))).toEqual(['I5 it was never closed']);
    expect(await verdict(ledgerOf({ lost: 1 }))).toEqual(['I5 its report does not add up']);
    expect(await verdict(ledgerOf({ delivered: 2, lost: 2 }))).toEqual([
      'I5 2 frames are said to be delivered, and 4 were',
    ]);
    expect(await verdict(ledgerOf({ offered: 5, lost: 1 }))).toEqual([
      'I5 5 frames are said to be offered, and 4 were',
    ]);
    expect(await verdict(ledgerOf({ offered: 5, kept: 1 }))).toContain('I5 it was closed with 1 kept, 0 rejected');
  });

  it('counts what is left in the spool', async () => {
    const { end, dataId, verdict } = await sent();
    await end(dataId);
    expect(await verdict(undefined, ['a session'])).toEqual(['I7 a session is still in the spool']);
  });

  it('cuts every connection while it is away, and shares its link among all streams', async () => {
    const { put, end, dataId } = await sent();
    await oracle.link({ away: true });
    await expect(end(dataId)).rejects.toThrow('fetch failed');
    await oracle.link({ bytesPerSecond: 40_000 });
    const began = performance.now();
    await Promise.all([put(dataId, 0), put(dataId, 1)]); // 9,300 bytes each
    expect(performance.now() - began).toBeGreaterThan(300);
    await oracle.link({});
  });
});
