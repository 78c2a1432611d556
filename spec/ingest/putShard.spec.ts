import { afterEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom, type Observable } from 'rxjs';
import { Agent } from 'undici';
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
    const put = putShard({ dispatcher, timeouts: defaultTimeouts });
    expect(await progressOf(put(url, body))).toEqual([262_144, 307_200, 308_200, 308_200]);
  });

  it('takes as long as a slow link takes', async () => {
    const { server, dispatcher, url } = await start();
    // A second and a half in all. The kernel asks for more in steps of up to a third of its 4 MiB send buffer.
    server.script('put', [{ type: 'slowRead', bytesPerSecond: 16 * MiB }]);
    const put = putShard({ dispatcher, timeouts: { ...defaultTimeouts, stallMs: 1000, replyMs: 500 } });
    const progress = await progressOf(put(url, chunkOf(new Uint8Array(24 * MiB))));
    expect(progress.at(-1)).toBe(24 * MiB);
    expect(progress).toEqual([...progress].sort((one, other) => one - other));
  });

  it('gives up when no byte moves any more, also when bytes flowed before', async () => {
    const { server, dispatcher, url } = await start();
    server.script('put', [{ type: 'stall', at: 0.25 }]);
    const put = putShard({ dispatcher, timeouts: { ...defaultTimeouts, stallMs: 500 } });
    const error = await lastValueFrom(put(url, chunkOf(new Uint8Array(32 * MiB)))).catch((failed) => failed);
    expect(error.context).toMatchObject({ step: 'put', from: 'network' });
    expect(error.message).toMatch(/^put: no answer from http:\/\/127\.0\.0\.1:\d+: no byte moved for 500 ms$/);
  });
});
