import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { InputError } from '../../src/model/errors.js';
import { startServer } from '../../src/server/startServer.js';
import { call, clientOf, localServers, shards } from './localServer.js';

const { start, directory, tidy } = localServers();
afterEach(tidy);

const samples = '/physical_samples/';

describe('startServer', () => {
  it('listens on loopback, on a free port, with a data directory of its own making', async () => {
    const dataDir = join(await directory(), 'a', 'b');
    const server = await start({ dataDir });
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect(server.dataDir).toBe(dataDir);
    expect((await call(server.url + samples, 'GET')).body).toEqual([]);
  });

  it('listens on localhost by name', async () => {
    const server = await start({ host: 'localhost' });
    expect(server.url).toBe(`http://localhost:${server.port}`);
    expect((await call(server.url + samples, 'GET')).status).toBe(200);
  });

  it.each([
    ['port', -1, { port: -1 }],
    ['port', 1.5, { port: 1.5 }],
    ['host', ' ', { host: ' ' }],
    ['dataDir', '', { dataDir: '' }],
    ['apiKey', undefined, { apiKey: ' ' }],
    ['apiKey', undefined, { apiKey: 'my key' }],
    ['apiKey', undefined, { host: '0.0.0.0' }],
    ['apiKey', undefined, { host: '::' }],
    ['apiKey', undefined, { host: '127.0.0.1.example.org' }],
  ])('refuses a bad %s (%p)', async (field, value, options) => {
    const refused = startServer({ dataDir: 'never', ...options });
    await expect(refused).rejects.toMatchObject({ _tag: 'InputError', context: { field, value } });
  });

  it('names the port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const refused = start({ port });
    await expect(refused).rejects.toMatchObject({ _tag: 'InputError', context: { field: 'port', value: port } });
    other.close();
  });

  it('names a data directory that is a file', async () => {
    const file = join(await directory(), 'file');
    await writeFile(file, 'x');
    await expect(start({ dataDir: file })).rejects.toMatchObject({ context: { field: 'dataDir', value: file } });
  });

  it('names a file of its own that somebody else has written', async () => {
    const dataDir = await directory();
    await writeFile(join(dataDir, 'tags.json'), '{"not": "ours"');
    await expect(start({ dataDir })).rejects.toThrow(InputError);
  });

  it('takes any key when it was given none', async () => {
    const { url } = await start();
    const reply = await call(url + samples, 'GET', { headers: { 'x-api-key': 'whatever' } });
    expect(reply.status).toBe(200);
  });

  it.each([
    ['no key', {}],
    ['a wrong key', { 'x-api-key': 'kez' }],
    ['the beginning of the key', { 'x-api-key': 'ke' }],
  ])('answers %s with 401, also where there is nothing', async (_, headers) => {
    const { url } = await start({ apiKey: 'key' });
    for (const path of [samples, '/streams', '/nowhere'])
      expect(await call(url + path, 'GET', { headers })).toMatchObject({
        status: 401,
        body: { detail: 'the API key is missing or wrong' },
      });
  });

  it('asks no key of the clock and of a signed URL', async () => {
    const { url } = await start({ apiKey: 'key' });
    expect((await call(`${url}/gateway/time`, 'GET')).status).toBe(200);
    const client = clientOf(url, { 'x-api-key': 'key' });
    expect((await client.send(await client.createRheed(), 0, shards.full)).status).toBe(200);
  });

  it('keeps the key out of what it shows', async () => {
    const server = await start({ apiKey: 'a-very-secret-key' });
    expect(inspect(server, { depth: 9, showHidden: true })).not.toContain('a-very-secret-key');
    const failed: unknown = await startServer({ dataDir: 'x', port: -1, apiKey: 'a-very-secret-key' }).catch((e) => e);
    expect(inspect(failed, { depth: 9 })).not.toContain('a-very-secret-key');
  });

  it.each(['evil.example', 'evil.example:PORT', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example:PORT', ''])(
    'refuses the host %p',
    async (host) => {
      const { url, port } = await start();
      const reply = await call(url + samples, 'GET', { headers: { host: host.replace('PORT', String(port)) } });
      expect(reply).toMatchObject({ status: 403, body: { detail: 'the Host header names another host' } });
    },
  );

  it.each(['localhost:PORT', 'LOCALHOST:PORT', '[::1]:PORT'])('is also called %s', async (host) => {
    const { url, port } = await start();
    const headers = { host: host.replace('PORT', String(port)) };
    expect((await call(url + samples, 'GET', { headers })).status).toBe(200);
  });

  it('refuses a page of another origin', async () => {
    const { url } = await start();
    expect((await call(url + samples, 'GET', { headers: { origin: 'http://evil.example' } })).status).toBe(403);
    expect((await call(url + samples, 'GET', { headers: { origin: url } })).status).toBe(200);
  });

  it('with a key, listens where others can reach it, by any of its names', async () => {
    const { url, port } = await start({ host: '0.0.0.0', apiKey: 'key' });
    expect(url).toBe(`http://127.0.0.1:${port}`);

    const headers = { host: `${hostname()}:${port}`, 'x-api-key': 'key' };
    expect((await call(url + samples, 'GET', { headers })).status).toBe(200);
    expect((await call(url + samples, 'GET', { headers: { ...headers, host: `evil.example:${port}` } })).status).toBe(
      403,
    );
  });

  it('answers what it does not know, or cannot read, with a detail', async () => {
    const { url } = await start();
    const json = { 'content-type': 'application/json' };
    const cases = [
      [await call(`${url}/nowhere?key=secret`, 'GET'), 404],
      [await call(`${url}/..%2f..%2fetc%2fpasswd`, 'GET'), 404],
      [await call(url + samples, 'POST', { raw: Buffer.from('{"name": '), headers: json }), 400],
      [await call(url + samples, 'POST', { raw: Buffer.from('name'), headers: { 'content-type': 'text/plain' } }), 415],
      [await call(url + samples, 'POST', { body: { name: 'x'.repeat(1024 * 1024) } }), 413],
      [await call(url + samples, 'POST', { body: { name: 7 } }), 422],
    ] as const;
    for (const [reply, status] of cases) expect(reply).toMatchObject({ status, body: { detail: expect.anything() } });
    expect(JSON.stringify(cases)).not.toContain('secret');
  });

  it('takes paths with two slashes, and without the last one', async () => {
    const { url } = await start();
    expect((await call(`${url}//physical_samples/`, 'GET')).status).toBe(200);
    expect((await call(`${url}/physical_samples`, 'GET')).status).toBe(200);
  });

  it('keeps the secret that signs URLs to its owner', async () => {
    const { dataDir } = await start();
    const secret = join(dataDir, 'upload.secret');
    expect((await readFile(secret)).byteLength).toBe(32);
    // Windows has no such modes.
    if (process.platform !== 'win32') expect((await stat(secret)).mode & 0o777).toBe(0o600);
  });

  it('sweeps away what a process that died was writing', async () => {
    const dataDir = await directory();
    await (await start({ dataDir })).close();
    await writeFile(join(dataDir, 'drafts', 'half'), 'half');
    await start({ dataDir });
    expect(await readdir(join(dataDir, 'drafts'))).toEqual([]);
  });

  it('closes twice, and at once although clients keep their connections', async () => {
    const server = await start();
    await call(server.url + samples, 'GET');
    await Promise.all([server.close(), server.close()]);
    await server[Symbol.asyncDispose]();
    const refused = await new Promise((resolve) => connect(server.port, '127.0.0.1').once('error', resolve));
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
