import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { from, lastValueFrom } from 'rxjs';
import { connect } from '../../src/connect.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { expectConserved, reportOf } from './httpConservation.js';
import { type HttpRecord, startHttpRecord } from './httpRecord.js';
import { startSlowLink } from './slowLinkProxy.js';

interface Link {
  readonly bitsPerSecond: number;
  readonly inFlight: number;
  readonly chunkBytes: number;
  /** A connection dies when so many bytes of the session have gone up. */
  readonly deadAfter?: number;
}

const CHUNKS = 3;
/** A link of 64 kbit/s takes 12 kB meanwhile, and its uploads here are three times that. */
const STALL_MS = 1500;

let record: HttpRecord;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  record = await startHttpRecord();
});
afterAll(async () => {
  for (const close of [...closing, record.close]) await close();
});

/** A session over a link, and how often each chunk went over it whole. */
const runOver = async (streamName: string, { bitsPerSecond, inFlight, chunkBytes, deadAfter }: Link) => {
  const link = await startSlowLink(record.url, bitsPerSecond);
  const platform = connect({
    endpoint: link.url,
    apiKey: 'key',
    inFlight,
    timeouts: { stallMs: STALL_MS, replyMs: 20_000 },
    retry: { baseMs: 10, capMs: 50 },
    spool: false,
  });
  closing.push(() => platform.close({ deadlineMs: 0 }), link.close);
  const events: SessionEvent[] = [];
  platform.events$.subscribe((event) => events.push(event));
  if (deadAfter !== undefined) link.deadAfter(deadAfter);
  const frames = Array.from({ length: CHUNKS * 2 }, () => {
    const data = randomBytes(chunkBytes / 2);
    return grayFrame({ width: data.length / 10, height: 10, data });
  });
  await lastValueFrom(from(frames).pipe(rheedSink(platform, { fps: 1, rotationsPerMin: 0, chunkSize: 2, streamName })));
  const streams = record.streams.filter(({ name }) => name === streamName);
  return { told: { frames, chunkSize: 2, events, streams }, dead: link.dead, log: streams.flatMap(({ log }) => log) };
};

const retriesOf = (events: readonly SessionEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'retrying' ? [event.problem.message] : []));

const healthy: readonly (readonly [string, Link])[] = [
  ['64 kbit/s that four uploads share', { bitsPerSecond: 64_000, inFlight: 4, chunkBytes: 12_000 }],
  ['2 Mbit/s', { bitsPerSecond: 2_000_000, inFlight: 4, chunkBytes: 300_000 }],
];
const dying: readonly (readonly [string, Link])[] = [
  ['64 kbit/s', { bitsPerSecond: 64_000, inFlight: 4, chunkBytes: 6_000, deadAfter: 10_000 }],
  ['2 Mbit/s one at a time', { bitsPerSecond: 2_000_000, inFlight: 1, chunkBytes: 100_000, deadAfter: 150_000 }],
];

describe('A slow link', () => {
  /** All at once: they wait, most of the time. */
  const runs = new Map<string, ReturnType<typeof runOver>>();
  beforeAll(() => {
    for (const [name, link] of [...healthy, ...dying]) {
      const run = runOver(name, link);
      run.catch(() => {}); // its spec will say so
      runs.set(name, run);
    }
  });
  const ran = async (name: string) => {
    const run = runs.get(name);
    if (run === undefined) throw new Error(`no run ${name}`);
    return run;
  };

  it.each(healthy)('of %s cuts nothing off: each chunk goes over once', async (name) => {
    const { told, log } = await ran(name);
    expectConserved(told);
    expect(retriesOf(told.events)).toEqual([]);
    expect(log.filter((line) => line.startsWith('presign'))).toHaveLength(CHUNKS);
    expect(reportOf(told)).toMatchObject({ delivered: CHUNKS * 2, ended: true });
  });

  it.each(dying)('of %s, on which a connection goes dead, has that upload repeated on another', async (name) => {
    const { told, dead, log } = await ran(name);
    expect(dead).toBe(1);
    expectConserved(told);
    const retries = retriesOf(told.events);
    expect(retries.length).toBeGreaterThan(0);
    for (const why of retries) expect(why).toMatch(/^put: .*: no byte moved for \d+ ms$/);
    expect(log.filter((line) => line.startsWith('presign'))).toHaveLength(CHUNKS + retries.length);
    expect(reportOf(told)).toMatchObject({ delivered: CHUNKS * 2, ended: true });
  });
});
