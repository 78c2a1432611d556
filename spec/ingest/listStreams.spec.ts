import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { hostClock } from '../../src/flow/hostClock.js';
import { httpIngest } from '../../src/ingest/httpIngest.js';
import type { Ingest } from '../../src/ingest/ingest.js';
import { type Fault, type FaultServer, startFaultServer } from '../../src/testing/faultServer.js';

let server: FaultServer;
let ingest: Ingest;
afterEach(async () => {
  await lastValueFrom(ingest.close(), { defaultValue: undefined });
  await server.close();
});

const answering = async (...faults: readonly Fault[]): Promise<Ingest> => {
  server = await startFaultServer();
  server.script('streams', faults);
  ingest = httpIngest({ endpoint: server.url, apiKey: 'key', clock: hostClock, referenceClock: false });
  return ingest;
};
const answer = (body: unknown, status = 200): Fault => ({ type: 'answer', status, body: JSON.stringify(body) });
const listed = { name: 'run', state: 'open', created: '2026-11-20T16:37:00.000Z', path: '/data/run', frames: 3 };

describe('the list of streams', () => {
  it('holds what the platform lists, without what this client does not know', async () => {
    const rheed = { ...listed, data_id: 'a', kind: 'rheed' };
    const series = { ...listed, data_id: 'b', kind: 'timeseries', state: 'ended' };
    const unknown = { ...listed, data_id: 'c', kind: 'ellipsometry' };
    const { streams } = await answering(answer([rheed, unknown, null, { ...rheed, created: 'lately' }, series]));
    const createdAt = Date.UTC(2026, 10, 20, 16, 37);
    expect(await firstValueFrom(streams())).toEqual([
      { dataId: 'a', name: 'run', kind: 'rheed', state: 'open', createdAt },
      { dataId: 'b', name: 'run', kind: 'timeseries', state: 'ended', createdAt },
    ]);
  });

  it.each([404, 405])('is not there on a platform that answers %i', async (status) => {
    const { streams } = await answering(answer({ detail: 'no' }, status));
    expect(await firstValueFrom(streams())).toBeUndefined();
  });

  it('fails as anything else does', async () => {
    const { streams } = await answering(answer({}, 503));
    await expect(firstValueFrom(streams())).rejects.toMatchObject({ context: { step: 'streams', status: 503 } });
  });
});
