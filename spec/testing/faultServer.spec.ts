import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Fault, type FaultServer, startFaultServer } from '../../src/testing/faultServer.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const start = async (options = {}): Promise<FaultServer> => {
  const server = await startFaultServer(options);
  closing.push(server.close);
  return server;
};

interface Spoken {
  readonly text: string;
  /** How the connection ended; `open` when it had not after `forMs`. */
  readonly ended: 'end' | 'reset' | 'open';
  readonly sent: number;
}

/** Speaks HTTP by hand, and tells what the socket saw. */
const speak = (server: FaultServer, head: string, body = Buffer.alloc(0), forMs = 150): Promise<Spoken> =>
  new Promise((resolve) => {
    let text = '';
    let sent = 0;
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const finish = (ended: Spoken['ended']) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, ended, sent });
    };
    const timer = setTimeout(() => finish('open'), forMs);
    socket.on('data', (bytes) => {
      text += bytes;
    });
    socket.on('end', () => finish('end')).on('error', () => finish('reset'));
    socket.write(
      `${head} HTTP/1.1\r\nhost: h\r\nconnection: close\r\nx-api-key: secret\r\ncontent-length: ${body.byteLength}\r\n\r\n`,
    );
    // In pieces, to see how far the server lets them come.
    const pieces = function* () {
      for (; sent < body.byteLength; sent += 65536) yield body.subarray(sent, sent + 65536);
    };
    Readable.from(pieces(), { objectMode: false }).pipe(socket, { end: false });
  });

const end = 'POST /rheed/stream/data-1/end?key=secret';
const put = 'PUT /store/x?signature=secret';
const create = 'POST /rheed/stream/';

const scripted = async (phase: 'end' | 'create' | 'put', fault: Fault): Promise<FaultServer> => {
  const server = await start();
  server.script(phase, [fault]);
  return server;
};

describe('startFaultServer', () => {
  it('answers as a platform would, where nothing is scripted', async () => {
    const server = await start();
    const get = async (path: string, method = 'GET') => (await fetch(server.url + path, { method })).json();
    expect(await get('/gateway/time')).toEqual({
      receivedAtUnixMs: expect.any(Number),
      transmittedAtUnixMs: expect.any(Number),
    });
    expect(await get('/tags/')).toEqual([]);
    expect(await get('/tags/', 'POST')).toEqual({ id: expect.any(String) });
    expect(await get('/rheed/stream/', 'POST')).toBe('data-1');
    expect(await get('/tool-state/stream/initialize', 'POST')).toEqual({
      data_id: 'data-1',
      processed_data_id: 'processed-1',
    });
    expect(await get('/data_entries/raw_data/staged/upload_urls/', 'POST')).toEqual([
      { url: expect.stringMatching(`^${server.url}/`) },
    ]);
  });

  it('takes one fault a request, phase by phase, then lets everything pass', async () => {
    const server = await start();
    server.script('end', [{ type: 'answer', status: 503 }, { type: 'pass' }]);
    server.script('end', [{ type: 'answer', status: 401 }]);
    const statuses: number[] = [];
    for (let call = 0; call < 4; call++)
      statuses.push((await fetch(`${server.url}/rheed/stream/a/end`, { method: 'POST' })).status);
    expect(statuses).toEqual([503, 200, 401, 200]);
    expect((await fetch(`${server.url}/tags/`)).status).toBe(200);
  });

  it('takes back what has not come yet', async () => {
    const server = await start();
    server.script('end', [
      { type: 'answer', status: 503 },
      { type: 'answer', status: 401 },
    ]);
    const ask = async () => (await fetch(`${server.url}/rheed/stream/a/end`, { method: 'POST' })).status;
    expect(await ask()).toBe(503);
    server.clear('end');
    expect(await ask()).toBe(200);
  });

  it('notes what came, without keys and signatures', async () => {
    const server = await scripted('put', { type: 'reset', at: 1 });
    await speak(server, end);
    await speak(server, put);
    expect(server.requests).toEqual([
      { phase: 'end', method: 'POST', path: '/rheed/stream/data-1/end', fault: 'pass' },
      { phase: 'put', method: 'PUT', path: '/store/x', fault: 'reset' },
    ]);
  });

  it('refuses connections for a while, then listens again on the same port', async () => {
    const server = await scripted('end', { type: 'refuse', forMs: 700 });
    expect((await speak(server, end)).ended).toBe('reset');
    expect(await fetch(server.url).catch((error) => error.cause.code)).toBe('ECONNREFUSED');
    const ask = (): Promise<number> =>
      fetch(server.url).then(
        ({ status }) => status,
        () => new Promise((resolve) => setTimeout(() => resolve(ask()), 50)),
      );
    expect(await ask()).toBe(200);
  });

  // A body that no socket buffer swallows whole.
  const big = Buffer.alloc(32 * 1024 * 1024);

  it.each([0, 0.5, 0.99])('resets the connection when %p of the body has been read', async (at) => {
    const server = await scripted('put', { type: 'reset', at });
    const { ended, text, sent } = await speak(server, put, big, 5000);
    expect({ ended, text }).toEqual({ ended: 'reset', text: '' });
    expect(sent).toBeGreaterThanOrEqual(at * big.byteLength);
  });

  it.each([0, 1])('keeps the connection and says nothing when it stalls at %p', async (at) => {
    const server = await scripted('put', { type: 'stall', at });
    const { ended, text, sent } = await speak(server, put, big, 1000);
    expect({ ended, text }).toEqual({ ended: 'open', text: '' });
    expect(sent >= big.byteLength).toBe(at === 1);
  });

  it('reads slowly and answers in the end', async () => {
    const server = await scripted('put', { type: 'slowRead', bytesPerSecond: 1_000_000 });
    const startedAt = performance.now();
    const { text } = await speak(server, put, Buffer.alloc(200_000), 5000);
    expect(text).toMatch(/^HTTP\/1.1 200 /);
    expect(performance.now() - startedAt).toBeGreaterThan(190);
  });

  it('drips the reply from its first byte on', async () => {
    const server = await scripted('create', { type: 'dripHeaders', everyMs: 5 });
    const { text, ended } = await speak(server, create, undefined, 250);
    expect('HTTP/1.1 200 OK').toContain(text.slice(0, 15));
    expect(text.length).toBeGreaterThan(1);
    expect(ended).toBe('open');
  });

  it('drips the body after its headers', async () => {
    const server = await scripted('create', { type: 'dripBody', everyMs: 200 });
    const { text, ended } = await speak(server, create, undefined, 500);
    expect(text).toMatch(/content-length: 8\r\n\r\n"d.{0,3}$/s);
    expect(ended).toBe('open');
  });

  it.each([true, false])('cuts the body in half, with its length promised: %p', async (withLength) => {
    const server = await scripted('create', { type: 'truncate', withLength });
    const { text, ended } = await speak(server, create);
    expect(text.endsWith('\r\n\r\n"dat')).toBe(true);
    expect(text.includes('content-length: 8')).toBe(withLength);
    expect(ended).toBe('end');
  });

  it('answers with any status, headers and body', async () => {
    const fault = { type: 'answer', status: 429, headers: { 'retry-after': '7' }, body: '<html>' } as const;
    const server = await scripted('create', fault);
    const answer = await fetch(`${server.url}/rheed/stream/`, { method: 'POST' });
    expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([429, '7', '<html>']);
  });

  it.each([0, 0.5])('refuses when %p of the body has been read, and closes the connection', async (at) => {
    const server = await scripted('put', { type: 'answerEarly', status: 413, at });
    const { text, ended, sent } = await speak(server, put, big, 5000);
    expect(text).toMatch(/^HTTP\/1.1 413 .*connection: close\r\n/s);
    expect(ended).not.toBe('open');
    expect(sent).toBeLessThan(big.byteLength);
    expect(sent).toBeGreaterThanOrEqual(at * big.byteLength);
  });

  it('redirects', async () => {
    const server = await scripted('create', { type: 'redirect', to: 'https://elsewhere.example/x' });
    const { text } = await speak(server, create);
    expect(text).toMatch(/^HTTP\/1.1 307 .*location: https:\/\/elsewhere.example\/x\r\n/s);
  });

  it('replies twice', async () => {
    const server = await scripted('create', { type: 'duplicate' });
    const { text } = await speak(server, create);
    expect(text.match(/"data-1"/g)).toHaveLength(2);
  });

  describe('in front of a target', () => {
    /** A platform whose storage is another host, and knows its own URLs by their query. */
    const startTarget = async () => {
      const seen: string[] = [];
      const target = createServer((request, response) => {
        const hash = createHash('sha1');
        request.on('data', (bytes) => hash.update(bytes));
        request.on('end', () => {
          seen.push(`${request.method} ${request.headers.host} ${request.url} ${hash.digest('hex').slice(0, 8)}`);
          const reply = request.url?.includes('upload_urls')
            ? [{ url: `http://localhost:${port}/bucket/x?signature=abc`, part: 1 }]
            : { ok: true };
          response.writeHead(201, { 'x-kept': 'yes' }).end(JSON.stringify(reply));
        });
      });
      await new Promise<void>((resolve) => target.listen(0, () => resolve()));
      const { port } = target.address() as AddressInfo;
      closing.push(async () => {
        target.close();
        target.closeAllConnections();
      });
      return { url: `http://127.0.0.1:${port}`, port, seen };
    };

    it('passes requests and replies on', async () => {
      const target = await startTarget();
      const server = await start({ target: `${target.url}/` });
      const answer = await fetch(`${server.url}/rheed/stream/a/end?x=1`, { method: 'POST', body: 'abc' });
      expect([answer.status, answer.headers.get('x-kept'), await answer.json()]).toEqual([201, 'yes', { ok: true }]);
      expect(target.seen).toEqual([`POST 127.0.0.1:${target.port} /rheed/stream/a/end?x=1 a9993e36`]);
    });

    it('leads presigned URLs through itself, to the host that signed them', async () => {
      const target = await startTarget();
      const server = await start({ target: target.url });
      const presign = await fetch(`${server.url}/data_entries/raw_data/staged/upload_urls/`, { method: 'POST' });
      const reply = (await presign.json()) as { url: string }[];
      expect(reply).toEqual([{ url: `${server.url}/bucket/x?signature=abc`, part: 1 }]);
      expect((await fetch(reply[0]!.url, { method: 'PUT', body: 'abc' })).status).toBe(201);
      expect(target.seen[1]).toBe(`PUT localhost:${target.port} /bucket/x?signature=abc a9993e36`);
    });

    it.each([true, false])('spoils the reply of a request, whose effect it leaves: %p', async (takesEffect) => {
      const target = await startTarget();
      const server = await start({ target: target.url });
      server.script('end', [{ type: 'answer', status: 504, takesEffect }]);
      expect((await speak(server, end)).text).toMatch(/^HTTP\/1.1 504 /);
      expect(target.seen).toHaveLength(takesEffect ? 1 : 0);
    });

    it('loses the reply of a request that has taken effect', async () => {
      const target = await startTarget();
      const server = await start({ target: target.url });
      server.script('end', [{ type: 'loseReply' }]);
      expect(await speak(server, end)).toMatchObject({ ended: 'reset', text: '' });
      expect(target.seen).toHaveLength(1);
    });
  });

  it('closes also while it is down, stalls or drips', async () => {
    for (const fault of [
      { type: 'refuse', forMs: 60_000 },
      { type: 'stall', at: 0 },
      { type: 'dripHeaders', everyMs: 1000 },
    ] as const) {
      const server = await scripted('end', fault);
      const speaking = speak(server, end, undefined, 5000);
      await new Promise((resolve) => setTimeout(resolve, 30));
      await server.close();
      expect((await speaking).ended).not.toBe('open');
    }
  });
});
