import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { from, lastValueFrom } from 'rxjs';
import { connect } from '../../src/connect.js';
import type { SessionReport } from '../../src/model/sessionReport.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { type FaultPhase, startFaultServer } from '../../src/testing/faultServer.js';
import { frames } from '../../src/testing/frames.js';
import { type HttpRecord, startHttpRecord } from './httpRecord.js';
import { makeCertificate } from './tlsCertificate.js';

interface Run {
  readonly error?: string;
  readonly report?: SessionReport;
  readonly problems: readonly string[];
}

const KEY = 'the-key-that-nobody-may-read';
const here = ({ url }: HttpRecord): string => url.replace('127.0.0.1', 'localhost');

describe('A platform over TLS', () => {
  const records: Record<string, HttpRecord> = {};
  let runs: Record<string, Run> = {};
  let warnings: string[] = [];

  beforeAll(async () => {
    const authority = makeCertificate({ name: 'The authority of the lab' });
    const stranger = makeCertificate({ name: 'An authority that nobody trusts' });
    const hosts = ['localhost', '127.0.0.1'];
    const tls = {
      trusted: makeCertificate({ name: 'localhost', hosts, issuer: authority }),
      'self-signed': makeCertificate({ name: 'localhost', hosts }),
      expired: makeCertificate({ name: 'localhost', hosts, issuer: authority, endsInDays: -1 }),
      'of another host': makeCertificate({ name: 'elsewhere', hosts: ['elsewhere.example'], issuer: authority }),
      'of an unknown authority': makeCertificate({ name: 'localhost', hosts, issuer: stranger }),
      'in front of a bad storage': makeCertificate({ name: 'localhost', hosts, issuer: authority }),
    };
    for (const [name, certificate] of Object.entries(tls)) records[name] = await startHttpRecord({ tls: certificate });
    records.plain = await startHttpRecord();
    records['in front of a bad storage']!.storage = here(records.expired!);
    const endpoints: Readonly<Record<string, string>> = {
      ...Object.fromEntries(Object.keys(tls).map((name) => [name, here(records[name]!)])),
      'that is not there': here(records.plain).replace('http:', 'https:'),
      'that is spoken to without it': here(records.trusted!).replace('https:', 'http:'),
      'in the clear': 'http://0.0.0.0:9', // not a loopback's name, and nobody is there
    };
    const dir = await mkdtemp(join(tmpdir(), 'epistream-tls-'));
    const trusted = join(dir, 'authority.pem');
    await writeFile(trusted, authority.cert);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [fileURLToPath(new URL('tlsProcess.mjs', import.meta.url)), ...Object.values(endpoints)],
      { env: { ...process.env, NODE_EXTRA_CA_CERTS: trusted } },
    );
    await rm(dir, { recursive: true });
    const told: { runs: Run[]; warnings: string[] } = JSON.parse(stdout);
    runs = Object.fromEntries(Object.keys(endpoints).map((name, i) => [name, told.runs[i]!]));
    warnings = told.warnings;
  }, 60_000);
  afterAll(async () => {
    for (const record of Object.values(records)) await record.close();
  });

  it('whose certificate is trusted is delivered to', () => {
    expect(runs.trusted).toEqual({ problems: [] });
    expect(records.trusted?.streams[0]?.log).toEqual(['presign 0', 'put 0', 'end']);
    expect(records.trusted?.violations).toEqual([]);
  });

  it.each([
    ['self-signed', /self-signed certificate/],
    ['expired', /certificate has expired/],
    ['of another host', /does not match certificate's altnames/],
    ['of an unknown authority', /unable to (verify the first certificate|get local issuer certificate)/],
    ['that is not there', /wrong version number/],
  ])('%s hears nothing, and the error says why', (name, why) => {
    expect(runs[name]?.error).toMatch(/^the session could not be opened: delivery was stopped; the last failure: /);
    expect(runs[name]?.error).toMatch(why);
    expect(records[name]?.heard ?? 0).toBe(0);
    expect(runs[name]?.report?.orphans).toEqual([]); // nothing was sent, so nothing can have come of it
  });

  it('that is spoken to without it hears nothing', () => {
    expect(runs['that is spoken to without it']?.error).toMatch(/^the session could not be opened: /);
    expect(records.trusted?.streams).toHaveLength(1);
  });

  it('has no shard put to a storage whose certificate is bad, and names what is lost with the process', () => {
    const { report, problems } = runs['in front of a bad storage']!;
    expect(problems).toEqual([expect.stringMatching(/^put: no answer from https:.*: certificate has expired$/)]);
    expect(report).toMatchObject({ offered: 1, delivered: 0, lost: 1 });
    expect(records['in front of a bad storage']?.streams[0]?.log.filter((line) => !line.startsWith('presign'))).toEqual(
      [],
    );
  });

  it('in the clear, and not on this computer, is warned of once a platform', () => {
    const exposed = warnings.filter((warning) => warning.includes('unencrypted'));
    expect(exposed).toEqual(['EpistreamWarning: the API key travels unencrypted to http://0.0.0.0:9: use https']);
    expect(JSON.stringify([runs, warnings])).not.toContain(KEY);
  });
});

describe('A redirect to another origin', () => {
  const calls: readonly FaultPhase[] = ['clock', 'resolve', 'create', 'link', 'presign', 'put', 'end'];

  it.each([301, 302, 303, 307, 308])('with %i is not followed by any call, and carries no key', async (status) => {
    const visitors: string[] = [];
    const other = createServer(({ method, url, headers }, response) => {
      visitors.push(`${method} ${url} ${JSON.stringify(headers)}`);
      response.end('{}');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', () => resolve()));
    const to = `http://127.0.0.1:${(other.address() as AddressInfo).port}/taken?from=here`;
    const server = await startFaultServer();
    for (const phase of calls) server.script(phase, [{ type: 'redirect', to, status }]);
    const platform = connect({ endpoint: server.url, apiKey: KEY, retry: { baseMs: 5, capMs: 20 }, spool: false });
    const options = { fps: 1, rotationsPerMin: 0, chunkSize: 2, physicalSample: 'GaN-001', tags: ['growth'] };
    const last = await lastValueFrom(from(frames(3, { fps: 1 })).pipe(rheedSink(platform, options)));
    await platform.close();
    await server.close();
    await new Promise((resolve) => other.close(resolve));
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 3, ended: true } });
    expect(new Set(server.requests.filter(({ fault }) => fault === 'redirect').map(({ phase }) => phase))).toEqual(
      new Set(calls),
    );
    expect(visitors).toEqual([]);
  });
});
