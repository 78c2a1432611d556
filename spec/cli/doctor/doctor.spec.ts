import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkEncoder } from '../../../src/cli/doctor/checkEncoder.js';
import { checkNode } from '../../../src/cli/doctor/checkNode.js';
import { checkZstd } from '../../../src/cli/doctor/checkZstd.js';
import { doctor } from '../../../src/cli/doctor/doctor.js';
import { type Server, startServer } from '../../../src/server/startServer.js';
import type { Zstd } from '../../../src/zarr/zstd/zstd.js';
import { NOWHERE, temporaryFolder } from '../spool/keptRun.js';

let server: Server;
beforeAll(async () => {
  server = await startServer({ dataDir: temporaryFolder(), apiKey: 'the-key' });
});
afterAll(() => server.close());

const examine = async (settings: Parameters<typeof doctor>[0]) => {
  let said = '';
  const write = (text: string) => {
    said += text;
  };
  const env = { AS_API_KEY: 'the-key', EPISTREAM_SPOOL_DIR: join(temporaryFolder(), 'spool') };
  return { code: await doctor(settings, write, env), lines: said.trimEnd().split('\n') };
};

describe('epistream doctor', () => {
  it('exits with 0 when all is well, a line each', async () => {
    const { code, lines } = await examine({ endpoint: server.url });
    expect([code, lines.map((line) => line.slice(0, 12).trimEnd())]).toEqual([
      0,
      ['node', 'zstd', 'encoder', 'spool', 'space', 'endpoint', 'key', 'clock'].map((check) => `ok  ${check}`),
    ]);
  });

  it('exits with 1 when something is not, and says what to do', async () => {
    const { code, lines } = await examine({ endpoint: NOWHERE });
    expect(code).toBe(1);
    const at = lines.findIndex((line) => line.startsWith('NOT endpoint'));
    expect(lines[at + 1]).toMatch(/^ +→ check the port/);
  });

  it('tells a program', async () => {
    const { code, lines } = await examine({ endpoint: server.url, key: 'not-the-key', json: true });
    const events = lines.map((line) => JSON.parse(line));
    expect(code).toBe(1);
    expect(events.find(({ check }) => check === 'key')).toMatchObject({ event: 'finding', isWell: false });
    expect(events.at(-1)).toEqual({ event: 'examined', isWell: false, problems: 1 });
    expect(lines.join()).not.toContain('not-the-key');
  });
});

describe('checkNode', () => {
  it.each([
    ['20.19.0', true],
    ['24.1.0', true],
    ['20.18.9', false],
    ['18.20.0', false],
  ])('%s: %s', (version, isWell) => {
    expect(checkNode(version)).toMatchObject({ isWell, says: expect.stringContaining(version) });
  });
});

describe('checkZstd', () => {
  const provider = (zstd: Partial<Zstd>) => [async () => ({ name: 'node:zlib', ...zstd }) as Zstd];

  it('is well with what this computer has', async () => {
    expect(await checkZstd()).toMatchObject({ isWell: true });
  });

  it.each([
    ['there is none', []],
    ['it changes bytes', provider({ compress: () => 4, decompress: (into) => into.fill(1).byteLength })],
    [
      'it throws',
      provider({
        compress: () => {
          throw new Error('no memory');
        },
      }),
    ],
  ])('is not well when %s', async (_, providers) => {
    expect(await checkZstd(providers)).toMatchObject({ isWell: false, advice: expect.any(String) });
  });
});

describe('checkEncoder', () => {
  it('is not well when the worker does not start', async () => {
    expect(await checkEncoder(join('spec', 'nowhere.mjs'))).toMatchObject({
      isWell: false,
      advice: expect.any(String),
    });
  });
});
