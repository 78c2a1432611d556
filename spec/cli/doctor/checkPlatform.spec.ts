import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { checkPlatform } from '../../../src/cli/doctor/checkPlatform.js';
import type { Finding } from '../../../src/cli/doctor/finding.js';
import { type Server, startServer } from '../../../src/server/startServer.js';
import { type Fault, type FaultServer, startFaultServer } from '../../../src/testing/faultServer.js';
import { makeCertificate } from '../../faults/tlsCertificate.js';
import { NOWHERE, temporaryFolder } from '../spool/keptRun.js';

let server: Server | undefined;
let faults: FaultServer | undefined;
afterEach(async () => {
  await faults?.close();
  await server?.close();
  [faults, server] = [undefined, undefined];
});

const serve = async () => {
  server = await startServer({ dataDir: temporaryFolder(), apiKey: 'the-key' });
  return server.url;
};
const answering = async (phase: 'clock' | 'resolve', ...answers: readonly Fault[]) => {
  faults = await startFaultServer();
  faults.script(phase, answers);
  return faults.url;
};
const check = async (endpoint: string, apiKey = 'the-key') => {
  const findings = await checkPlatform({ endpoint, apiKey });
  return Object.fromEntries(findings.map((finding) => [finding.check, finding]));
};
const isWell = (findings: Readonly<Record<string, Finding>>) =>
  Object.fromEntries(Object.entries(findings).map(([name, finding]) => [name, finding.isWell]));

describe('the platform', () => {
  it('is well when it answers, takes the key and tells the time', async () => {
    const { endpoint, key, clock } = await check(await serve());
    expect([endpoint, key, clock]).toMatchObject([
      { isWell: true, says: `${server?.url} answers` },
      { isWell: true, says: 'the platform takes it' },
      {
        isWell: true,
        says: expect.stringMatching(/^the platform is \d+\.\d ms (behind|ahead of) this computer ± \d+\.\d ms$/),
      },
    ]);
  });

  it('is asked without changing anything', async () => {
    const url = await answering('clock');
    await check(url);
    expect(new Set(faults?.requests.map(({ method, path }) => `${method} ${path}`))).toEqual(
      new Set(['GET /gateway/time', 'GET /tags/']),
    );
  });

  it('is given the key with the tags alone: anybody may ask the time', async () => {
    const keys: unknown[] = [];
    const plain = createPlainServer(({ url, headers }, response) => {
      keys.push([url, headers['x-api-key']]);
      response.end('[]');
    });
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    await check(`http://127.0.0.1:${(plain.address() as AddressInfo).port}`);
    plain.close();
    expect(keys).toEqual([
      ['/gateway/time', undefined],
      ['/tags/', 'the-key'],
    ]);
  });

  it('that is not there leaves nothing to try the key on', async () => {
    const findings = await check(NOWHERE);
    expect(isWell(findings)).toEqual({ endpoint: false, key: false, clock: false });
    expect(findings.endpoint).toMatchObject({ says: `${NOWHERE}: nobody listens there` });
  });

  it('that does not exist is not hidden behind what its address lacks', async () => {
    const { endpoint } = await check('http://no.such.host.invalid:1');
    expect(endpoint?.says).toMatch(
      /(no host has this name|the host name cannot be looked up); and the key would travel/,
    );
    expect(endpoint?.advice).toMatch(/check the .*network.*; then use an https: address$/);
  });

  it('that speaks no TLS is told so', async () => {
    const findings = await check((await serve()).replace('http:', 'https:'));
    expect(findings.endpoint).toMatchObject({ isWell: false, says: expect.stringContaining('it does not speak TLS') });
  });

  it.each([
    ['of its own', {}, 'it signs its certificate itself'],
    ['that has ended', { endsInDays: -1 }, 'its certificate has expired'],
    [
      'for another host',
      { hosts: ['other.example'], issuer: makeCertificate({ name: 'authority' }) },
      'this computer does not know',
    ],
  ])('with a certificate %s is told so', async (_, options, says) => {
    const secure = createServer(makeCertificate({ name: 'lab', hosts: ['127.0.0.1'], ...options }));
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const { endpoint } = await check(`https://127.0.0.1:${(secure.address() as AddressInfo).port}`);
    secure.close();
    expect(endpoint).toMatchObject({ isWell: false, says: expect.stringContaining(says) });
  });

  it.each<[string, Fault, string, string]>([
    ['away', { type: 'answer', status: 503 }, 'the platform answered 503', 'try again later'],
    ['ill', { type: 'answer', status: 500 }, 'the platform answered 500', 'try again later'],
    ['of another kind', { type: 'answer', status: 499 }, 'the platform answered 499', 'check --endpoint'],
    ['another server', { type: 'answer', status: 200, body: '<html>' }, 'is a web page', 'check --endpoint'],
    ['moved', { type: 'redirect', to: 'https://new.example/' }, 'a redirect', 'check --endpoint'],
  ])('that is %s is told from one that is not there', async (_, fault, says, advice) => {
    const { endpoint, clock } = await check(await answering('clock', fault));
    expect(endpoint).toMatchObject({ isWell: false, says: expect.stringContaining(says) });
    expect(endpoint?.advice).toContain(advice);
    expect(clock?.isWell).toBe(false);
  });

  it('without a clock is well', async () => {
    const findings = await check(await answering('clock', { type: 'answer', status: 404 }));
    expect(isWell(findings)).toEqual({ endpoint: true, key: true, clock: true });
    expect(findings.clock?.says).toContain('has none to compare with');
  });

  it('whose clock is an hour away says so', async () => {
    const now = Date.now() + 3_600_000;
    const body = JSON.stringify({ receivedAtUnixMs: now, transmittedAtUnixMs: now });
    const answer: Fault = { type: 'answer', status: 200, body };
    const { clock } = await check(await answering('clock', answer, answer, answer, answer));
    expect(clock).toMatchObject({ isWell: false, says: expect.stringMatching(/^the platform is 3600 s ahead of/) });
  });

  it.each([
    ['user:secret@lab.example', 'must be an http(s) URL'],
    ['https://user:secret@lab.example', 'must be an http(s) URL'],
  ])('at %s is none', async (endpoint, why) => {
    const findings = await check(endpoint);
    expect(findings.endpoint).toMatchObject({ isWell: false, says: expect.stringContaining(why) });
    expect(JSON.stringify(findings)).not.toContain('secret');
  });
});

describe('the key', () => {
  it.each<[string, string]>([
    ['', 'there is none'],
    ['local', 'none was given'], // what stands for no key at all
    ['two words', 'holds blanks'],
    ['not-the-key', 'does not know it (401)'],
  ])('%j: %s', async (apiKey, says) => {
    const { key } = await check(await serve(), apiKey);
    expect(key).toMatchObject({ isWell: false, says: expect.stringContaining(says) });
    expect(key?.advice).toEqual(expect.any(String));
    expect(apiKey !== '' && JSON.stringify(key).includes(apiKey)).toBe(false);
  });

  it.each([
    [403, 'forbids its use (403)'],
    [500, 'could not be tried'],
  ])('that is answered %s: %s', async (status, says) => {
    const { key } = await check(await answering('resolve', { type: 'answer', status }));
    expect(key).toMatchObject({ isWell: false, says: expect.stringContaining(says) });
  });
});
