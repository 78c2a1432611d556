import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { concat, ignoreElements, lastValueFrom, type Observable, takeUntil, timer } from 'rxjs';
import { hostClock } from '../../src/flow/hostClock.js';
import { httpIngest } from '../../src/ingest/httpIngest.js';
import type { Ingest } from '../../src/ingest/ingest.js';
import type { Asked } from '../../src/model/asked.js';
import type { HttpAttempt } from '../../src/model/httpAttempt.js';
import type { DataId } from '../../src/model/identifiers.js';
import { type Fault, type FaultServer, startFaultServer } from '../../src/testing/faultServer.js';

const apiKey = 'the-api-key-0123456789';
const dataId = 'data-1' as DataId;
const asked: Asked = { kind: 'rheed', options: { fps: 10, rotationsPerMin: 0, chunkSize: 20, streamName: 'run' } };
const body = { parts: [new Uint8Array(1000)], byteLength: 1000, dims: [20, 6, 8], release: () => {} };

let server: FaultServer;
let ingest: Ingest;
let told: HttpAttempt[];
const hear = (message: unknown) => void told.push(message as HttpAttempt);

beforeEach(async () => {
  told = [];
  server = await startFaultServer();
  const timeouts = { replyMs: 200, stallMs: 200 };
  ingest = httpIngest({ endpoint: server.url, apiKey, clock: hostClock, timeouts });
  subscribe('epistream:request', hear);
});
afterEach(async () => {
  unsubscribe('epistream:request', hear);
  await lastValueFrom(ingest.close(), { defaultValue: undefined });
  await server.close();
});

const chunk = { index: 7, revision: 0, items: 20 };
const send = () => ingest.send(dataId, asked, chunk, { startMs: 0, timeBase: 'host' }, body);
const over = (call: Observable<unknown>) => lastValueFrom(call, { defaultValue: undefined }).catch(() => {});

/** One that goes wrong, as it is told. */
const failing = async (fault: Fault): Promise<HttpAttempt | undefined> => {
  server.script('end', [fault]);
  await over(ingest.end('rheed', dataId));
  return told[0];
};

describe('an HTTP attempt', () => {
  it('is told of by its step and its route, with ids and queries left out', async () => {
    const links = { sampleId: 'sample-1', projectId: 'project-1', tagIds: ['tag-1'] };
    const session$ = concat(ingest.resolve({ physicalSample: 'GaN-001' }), ingest.create(asked), send());
    await over(concat(session$, ingest.link(dataId, links), ingest.end('rheed', dataId)).pipe(ignoreElements()));
    expect(told.map(({ step, method, route, status }) => `${step} ${method} ${route} ${status}`)).toEqual([
      'resolve GET /physical_samples/ 200',
      'resolve POST /physical_samples/ 200',
      'create POST /rheed/stream/ 200',
      'presign POST /data_entries/raw_data/staged/upload_urls/ 200',
      'put PUT (presigned) 200',
      'link POST /data_entries/physical_sample 200',
      'link POST /tags/data-items/ 200',
      'link POST /projects/:projectId/configuration/tracking_samples 200',
      'end POST /rheed/stream/:dataId/end 200',
    ]);
    expect(JSON.stringify(told)).not.toMatch(/signature|0123456789|sample-1|project-1|data-1|http/);
  });

  it('is told of with its time and its bytes', async () => {
    await over(send());
    const [presign, put] = told;
    expect(presign?.requestBytes).toBeGreaterThan(200);
    expect(presign?.replyBytes).toBe(`[{"url":"${server.url}/store/shard?signature=0123456789abcdef"}]`.length);
    expect(put).toEqual({
      step: 'put',
      method: 'PUT',
      route: '(presigned)',
      status: 200,
      ms: expect.any(Number),
      requestBytes: 1000,
      replyBytes: 2,
    });
    expect(put?.ms).toBeGreaterThan(0);
  });

  it.each<readonly [string, Fault, Partial<HttpAttempt>]>([
    [
      'the status of a refusal',
      { type: 'answer', status: 422, body: '{"detail":"no"}' },
      { status: 422, replyBytes: 15 },
    ],
    ['a redirect, which is not followed', { type: 'redirect', to: 'http://127.0.0.1:1/?key=k' }, { status: 307 }],
    ['a reset', { type: 'reset', at: 0 }, { error: 'ECONNRESET', replyBytes: 0 }],
    ['a time-out', { type: 'stall', at: 1 }, { error: 'TimeoutError', replyBytes: 0 }],
    ['an answer that is cut', { type: 'truncate', withLength: true }, { status: 200, error: 'UND_ERR_SOCKET' }],
  ])('is told of with %s', async (_, fault, expected) => {
    const attempt = await failing(fault);
    expect(attempt).toMatchObject({ step: 'end', ...expected });
    expect(told).toHaveLength(1);
    expect(attempt).not.toHaveProperty('status' in expected ? 'nothing' : 'status');
    expect(attempt).not.toHaveProperty('error' in expected ? 'nothing' : 'error');
  });

  it('that nobody waits for any more is told of as aborted', async () => {
    server.script('end', [{ type: 'stall', at: 1 }]);
    await over(ingest.end('rheed', dataId).pipe(takeUntil(timer(50))));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told).toMatchObject([{ step: 'end', error: 'AbortError' }]);
  });

  it('is told of by a code where no connection was made', async () => {
    await server.close();
    await over(ingest.end('rheed', dataId));
    expect(told).toMatchObject([{ step: 'end', error: 'ECONNREFUSED' }]);
  });
});
