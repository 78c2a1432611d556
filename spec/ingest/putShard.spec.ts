import { afterEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom, type Observable } from 'rxjs';
import { Agent } from 'undici';
import { Pace } from '../../src/ingest/pace.js';
import { putShard, type Sent } from '../../src/ingest/putShard.js';
import { defaultTimeouts } from '../../src/ingest/timeouts.js';
import type { EncodedChunk } from '../../src/model/encodedChunk.js';
import { type FaultServer, startFaultServer } from '../../src/testing/faultServer.js';

const MiB = 1024 * 1024;
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const start = async (): Promise<{ server: FaultServer; dispatcher: Agent; url: string }> => {
  const server = await startFaultServer();
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  closing.push(() => dispatcher.destroy(), server.close);
  return { server, dispatcher, url: `${server.url}/store/x?signature=0123456789abcdef` };
};

const chunkOf = (...parts: readonly Uint8Array[]): EncodedChunk => ({
  parts,
  byteLength: parts.reduce((sum, { byteLength }) => sum + byteLength, 0),
  dims: [1, 1, 1],
  release: () => {},
});

const progressOf = async (sent$: Observable<Sent>): Promise<number[]> => {
  const progress: number[] = [];
  await sent$.forEach(({ sentBytes }) => progress.push(sentBytes));
  return progress;
};

describe('putShard', () => {
  it('tells how far it is, slice by slice and part by part, and once more at the end', async () => {
    const { dispatcher, url } = await start();
    const body = chunkOf(new Uint8Array(300 * 1024), new Uint8Array(0), new Uint8Array(new SharedArrayBuffer(1000)));
    const put = putShard({ dispatcher, timeouts: defaultTimeouts, pace: new Pace() });
    expect(await progressOf(put(url, body))).toEqual([262_144, 307_200, 308_200, 308_200]);
  });

  it('takes as long as a slow link takes', async () => {
    const { server, dispatcher, url } = await start();
    // A second and a half in all. The kernel asks for more in steps of up to a third of its 4 MiB send buffer.
    server.script('put', [{ type: 'slowRead', bytesPerSecond: 16 * MiB }]);
    const put = putShard({
      dispatcher,
      timeouts: { ...defaultTimeouts, stallMs: 1000, replyMs: 500 },
      pace: new Pace(),
    });
    const progress = await progressOf(put(url, chunkOf(new Uint8Array(24 * MiB))));
    expect(progress.at(-1)).toBe(24 * MiB);
    expect(progress).toEqual([...progress].sort((one, other) => one - other));
  });

  it('waits for bytes that only the kernel has taken, as long as the slowest link would need for them', async () => {
    const { server, dispatcher, url } = await start();
    server.script('put', [{ type: 'slowRead', bytesPerSecond: 80_000 }]); // 0.8 s for what is out of sight at once
    const put = putShard({ dispatcher, timeouts: { ...defaultTimeouts, stallMs: 100 }, pace: new Pace(40) });
    expect(await progressOf(put(url, chunkOf(new Uint8Array(64_000))))).toEqual([64_000, 64_000]);
  });

  it('takes a web page for no storage, and any other 2xx for its word', async () => {
    const { server, dispatcher, url } = await start();
    const put = putShard({ dispatcher, timeouts: defaultTimeouts, pace: new Pace() });
    const answer = (body: string) => ({ type: 'answer', status: 200, body }) as const;
    server.script('put', [answer('<!doctype html><p>Sign in'), answer(''), answer('<?xml version="1.0"?><Result/>')]);
    const error = await lastValueFrom(put(url, chunkOf(new Uint8Array(10)))).catch((failed) => failed);
    expect(error.context).toMatchObject({ step: 'put', from: 'reply', status: 200 });
    expect(error.message).toBe("put: the reply (200) is a web page, not a storage's");
    for (let call = 0; call < 2; call++)
      expect(await lastValueFrom(put(url, chunkOf(new Uint8Array(10))))).toEqual({ sentBytes: 10 });
  });

  it('gives up when no byte moves any more, also when bytes flowed before', async () => {
    const { server, dispatcher, url } = await start();
    server.script('put', [{ type: 'stall', at: 0.25 }]);
    const put = putShard({
      dispatcher,
      timeouts: { ...defaultTimeouts, stallMs: 500 },
      pace: new Pace(Number.POSITIVE_INFINITY),
    });
    const error = await lastValueFrom(put(url, chunkOf(new Uint8Array(32 * MiB)))).catch((failed) => failed);
    expect(error.context).toMatchObject({ step: 'put', from: 'network' });
    expect(error.message).toMatch(/^put: no answer from http:\/\/127\.0\.0\.1:\d+: no byte moved for 500 ms$/);
  });
});
