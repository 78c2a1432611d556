import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, type Observable, of, timeout } from 'rxjs';
import { hostClock } from '../../src/flow/hostClock.js';
import { type HttpIngestOptions, httpIngest } from '../../src/ingest/httpIngest.js';
import type { Ingest } from '../../src/ingest/ingest.js';
import type { Asked } from '../../src/model/asked.js';
import type { EncodedChunk } from '../../src/model/encodedChunk.js';
import { IngestError } from '../../src/model/errors.js';
import type { DataId } from '../../src/model/identifiers.js';
import { type Fault, type FaultPhase, type FaultServer, startFaultServer } from '../../src/testing/faultServer.js';

const key = 'the-api-key-0123456789';
const signature = '0123456789abcdef';
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const start = async (options: Partial<HttpIngestOptions> = {}): Promise<{ server: FaultServer; ingest: Ingest }> => {
  const server = await startFaultServer();
  const timeouts = { stallMs: 20_000, replyMs: 20_000 };
  const ingest = httpIngest({ endpoint: server.url, apiKey: key, clock: hostClock, timeouts, ...options });
  closing.push(() => lastValueFrom(ingest.close(), { defaultValue: 0 }), server.close);
  return { server, ingest };
};

const asked: Asked = { kind: 'rheed', options: { fps: 10, rotationsPerMin: 0, chunkSize: 20, streamName: 'run' } };
const dataId = 'data-1' as DataId;

const chunkOf = (byteLength: number): EncodedChunk => ({
  parts: [new Uint8Array(byteLength)],
  byteLength,
  dims: [20, 6, 8],
  release: () => {},
});

const send = (ingest: Ingest, byteLength = 1000): Observable<{ sentBytes: number }> =>
  ingest.send(
    dataId,
    asked,
    { index: 0, revision: 0, items: 20 },
    { startMs: 0, timeBase: 'host' },
    chunkOf(byteLength),
  );

/** One call a phase. */
const calls: Readonly<Record<'create' | 'link' | 'presign' | 'put' | 'end', (ingest: Ingest) => Observable<unknown>>> =
  {
    create: (ingest) => ingest.create(asked),
    link: (ingest) => ingest.link(dataId, { sampleId: 's', tagIds: [] }),
    presign: (ingest) => send(ingest),
    put: (ingest) => send(ingest),
    end: (ingest) => ingest.end('rheed', dataId),
  };
type Phase = keyof typeof calls;

// Enough for what goes well on a busy machine.
const hasty = { stallMs: 500, replyMs: 500 };

const neverEnds = ({ type }: Fault): boolean => ['stall', 'dripHeaders', 'dripBody'].includes(type);

/** The error of a call under a fault; it never hangs. */
const failureOf = async (phase: Phase, fault: Fault, options?: Partial<HttpIngestOptions>): Promise<IngestError> => {
  const { server, ingest } = await start({ ...(neverEnds(fault) && { timeouts: hasty }), ...options });
  server.script(phase as FaultPhase, [fault]);
  const attempt = lastValueFrom(calls[phase](ingest).pipe(timeout(10_000)), { defaultValue: undefined });
  const error = await attempt.then(
    () => new Error('the call succeeded'),
    (failed) => failed,
  );
  expect(error).toBeInstanceOf(IngestError);
  const shown = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }) + JSON.stringify(error);
  expect(shown).not.toMatch(new RegExp(`${key}|${signature}`));
  expect(error.context.step).toBe(phase);
  expect(error.context.problem).toEqual({
    tag: 'IngestError',
    message: error.message,
    ...('status' in error.context && { status: error.context.status }),
  });
  return error;
};

const answer = (status: number, body = '', headers = {}): Fault => ({ type: 'answer', status, body, headers });

describe('a call under a fault', () => {
  const network: Fault[] = [
    { type: 'refuse', forMs: 20 },
    { type: 'reset', at: 0 },
    { type: 'reset', at: 0.5 },
    { type: 'reset', at: 0.99 },
    { type: 'stall', at: 0 },
    { type: 'stall', at: 1 },
    { type: 'loseReply' },
    { type: 'dripHeaders', everyMs: 50 },
  ];
  const everyCall = Object.keys(calls) as Phase[];

  it.each(network)('is a failure of the network, whatever the call: %j', async (fault) => {
    const errors = await Promise.all(everyCall.map((phase) => failureOf(phase, fault)));
    for (const error of errors) {
      expect(error.context.from).toBe('network');
      expect(error.context).not.toHaveProperty('status');
      expect(error.context).not.toHaveProperty('reached');
      expect(error.message).toMatch(/no answer from http:\/\/127\.0\.0\.1:\d+: ./);
      expect(error.cause).toBeInstanceOf(Error);
    }
  });

  it('says that a host refuses', async () => {
    const { server, ingest } = await start();
    await server.close();
    const error = await firstValueFrom(ingest.create(asked)).catch((failed) => failed);
    expect(error.context).toMatchObject({ from: 'network', reached: false });
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  const illegible: (readonly [Fault, RegExp])[] = [
    [answer(200), /is empty$/],
    [answer(200, '<!doctype html><p>Sign in to the guest network'), /is a web page, not JSON$/],
    [answer(200, '{"url":'), /is not whole JSON$/],
    [{ type: 'truncate', withLength: true }, /is cut off: /],
    [{ type: 'truncate', withLength: false }, /is not whole JSON$/],
    [{ type: 'dripBody', everyMs: 2000 }, /is cut off: no whole reply for 500 ms$/],
  ];
  const everyApiCall: Phase[] = ['create', 'link', 'presign', 'end'];

  it.each(illegible)('is a reply that does not decode, whatever the call: %j', async (fault, message) => {
    const errors = await Promise.all(everyApiCall.map((phase) => failureOf(phase, fault)));
    for (const error of errors) {
      expect(error.context).toMatchObject({ from: 'reply', status: 200 });
      expect(error.message).toMatch(message);
    }
  });

  it.each([
    ['create', '{"id":"x"}'],
    ['create', '""'],
    ['create', 'null'],
    ['presign', '[]'],
    ['presign', '{"url":"/relative"}'],
    ['presign', '[{"url":"ftp://host/x"}]'],
    ['presign', '{"link":"http://host/x"}'],
  ] as const)('is a reply of another shape: %s answered with %s', async (phase, body) => {
    const error = await failureOf(phase, answer(201, body));
    expect(error.context).toMatchObject({ from: 'reply', status: 201 });
    expect(error.message).toMatch(/ has another shape/);
  });

  it('takes any 2xx, the second reply of a duplicate apart, and no content where none is needed', async () => {
    const { server, ingest } = await start();
    server.script('create', [answer(202, '"one"'), { type: 'duplicate' }, answer(201, '"three"')]);
    const created: string[] = [];
    for (let call = 0; call < 3; call++) created.push(await firstValueFrom(ingest.create(asked)));
    expect(created).toEqual(['one', 'data-1', 'three']);
    server.script('end', [answer(204)]);
    await lastValueFrom(ingest.end('rheed', dataId), { defaultValue: undefined });
    server.script('put', [answer(204), answer(200, 'OK')]);
    expect(await lastValueFrom(send(ingest))).toEqual({ sentBytes: 1000 });
    expect(await lastValueFrom(send(ingest))).toEqual({ sentBytes: 1000 });
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %i, and names the origin to use instead', async (status) => {
    const other = await startFaultServer();
    closing.push(other.close);
    const to = `${other.url}/rheed/stream/?token=${signature}`;
    const error = await failureOf('create', { type: 'redirect', to, status });
    expect(error.context).toMatchObject({ from: 'reply', status });
    expect(error.message).toBe(
      `create: answered ${status}, a redirect, which is never followed with a key: set the endpoint to ${other.url}`,
    );
    expect(other.requests).toEqual([]);
  });

  it.each([400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 503])('is a refusal of the API: %i', async (status) => {
    const error = await failureOf('presign', answer(status, '{"detail":"not now"}'));
    expect(error.context).toMatchObject({ from: 'api', status });
    expect(error.message).toBe(`presign: the platform answered ${status}: not now`);
  });

  it.each([307, 400, 403, 413, 503])('is a refusal of the storage: %i', async (status) => {
    const s3 = `<Error><Code>SlowDown</Code><Message>Reduce</Message><StringToSign>${signature}</StringToSign></Error>`;
    const error = await failureOf('put', answer(status, s3));
    expect(error.context).toMatchObject({ from: 'storage', status });
    expect(error.message).toBe(`put: the storage answered ${status}: SlowDown: Reduce`);
  });

  it('says what the platform found wrong, shortened, without keys and queries', async () => {
    const detail = [
      { loc: ['body', 'dims'], msg: `not "20,6,8" for ${key}` },
      { msg: `see https://host/x?X-Amz-Signature=${signature}&b=c ` },
      { msg: 'x'.repeat(2000) },
    ];
    const error = await failureOf('presign', answer(422, JSON.stringify({ detail })));
    expect(error.message).toMatch(
      /^presign: the platform answered 422: body.dims: not "20,6,8" for …; see https:\/\/host\/x\?… ; x+…$/,
    );
    expect(error.message.length).toBeLessThan(400);
  });

  it('says nothing of a refusal that is a web page or is cut off', async () => {
    const page = await failureOf('create', answer(502, '<html><title>Bad gateway</title>'));
    expect(page.message).toBe('create: the platform answered 502');
    expect(page.context.from).toBe('api');
  });

  it('says how long to wait', async () => {
    const asked = (header: string) => failureOf('end', answer(503, '{}', { 'retry-after': header }));
    expect((await asked('7')).context.retryAfterMs).toBe(7000);
    expect((await asked('1000000000')).context.retryAfterMs).toBe(600_000);
    expect((await asked('-1')).context).not.toHaveProperty('retryAfterMs');
    expect((await asked(new Date(Date.now() + 60_000).toUTCString())).context.retryAfterMs).toBeGreaterThan(50_000);
  });
});

describe('a key function', () => {
  it.each(['', 'two\nlines', undefined])('that gives %j is as good as a 401', async (value) => {
    const error = await failureOf('create', { type: 'pass' }, { apiKey: () => value as string });
    expect(error.context).toMatchObject({ from: 'api', status: 401 });
    expect(error.message).toBe("create: the apiKey function's key must be one line of printable ASCII");
  });

  it('that fails is a failure of the network, and its message is not repeated', async () => {
    const vault = () => Promise.reject(new RangeError(`no ${key}`));
    const error = await failureOf('create', { type: 'pass' }, { apiKey: vault });
    expect(error.message).toBe('create: the apiKey function failed (RangeError)');
    expect(error.context).toMatchObject({ from: 'network', reached: false });
  });

  it('that never answers runs into the deadline', async () => {
    const error = await failureOf(
      'create',
      { type: 'pass' },
      { apiKey: () => new Promise<string>(() => {}), timeouts: { replyMs: 20 } },
    );
    expect(error.message).toBe('create: the apiKey function has not answered in time');
  });
});

describe('a key that has been renewed', () => {
  it('is hidden in the answer to the call with the next one', async () => {
    const keys = ['the-first-key', 'the-second-key'];
    const { server, ingest } = await start({ apiKey: () => keys.shift() ?? '' });
    await lastValueFrom(ingest.create(asked));
    const detail = 'the-first-key is over, the-second-key is not known';
    server.script('create', [{ type: 'answer', status: 401, body: JSON.stringify({ detail }) }]);
    const error = await lastValueFrom(ingest.create(asked)).catch((failed) => failed);
    expect(error.message).toBe('create: the platform answered 401: … is over, … is not known');
  });
});

describe('an upload', () => {
  it('asks for a fresh URL at every attempt', async () => {
    const { server, ingest } = await start();
    server.script('put', [answer(403)]);
    const sending = send(ingest);
    await lastValueFrom(sending).catch(() => {});
    await lastValueFrom(sending);
    expect(server.requests.map(({ phase }) => phase)).toEqual(['presign', 'put', 'presign', 'put']);
  });
});

describe('a call that is left', () => {
  it('is aborted: the platform sees the connection close', async () => {
    const platform = createServer();
    const came = new Promise<Socket>((resolve) => platform.once('request', ({ socket }) => resolve(socket)));
    await new Promise<void>((resolve) => platform.listen(0, '127.0.0.1', () => resolve()));
    closing.push(async () => platform.close());
    const { port } = platform.address() as AddressInfo;
    const { ingest } = await start({ endpoint: `http://127.0.0.1:${port}`, timeouts: { replyMs: 60_000 } });
    const heard: unknown[] = [];
    const note = (heardOf: unknown) => heard.push(heardOf);
    const subscription = ingest.create(asked).subscribe({ next: note, error: note, complete: () => note('complete') });
    const closed = once(await came, 'close');
    subscription.unsubscribe();
    await closed;
    expect(heard).toEqual([]);
  });

  it('sends nothing before it is subscribed to', async () => {
    const { server, ingest } = await start();
    ingest.create(asked);
    send(ingest);
    await firstValueFrom(of(0));
    expect(server.requests).toEqual([]);
  });
});

describe('the ingest itself', () => {
  it('shows no key, however closely one looks', async () => {
    const { ingest } = await start();
    await firstValueFrom(ingest.create(asked));
    await firstValueFrom(ingest.clock$);
    const shown = inspect(ingest, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true });
    expect(shown).not.toContain(key);
  });
});
