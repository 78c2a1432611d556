import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { exportSession } from '../../../src/cli/spool/exportSession.js';
import { listSessions } from '../../../src/cli/spool/listSessions.js';
import { verifySpool } from '../../../src/cli/spool/verifySpool.js';
import type { DataId } from '../../../src/model/identifiers.js';
import { channelSpool, keepPoints, secondsOf } from './channelSpool.js';
import { temporaryFolder } from './keptRun.js';
import { told } from './told.js';

const exported = async (spool: string) => {
  const out = join(temporaryFolder(), 'out');
  const { code, last } = await told(() => exportSession('Channels 42', { spool, out, json: true }));
  const read = (name: string) => readFileSync(join(out, name), 'utf8');
  return { code, last, names: readdirSync(out).sort(), read, description: JSON.parse(read('session.json')) };
};

describe('an export of a session of channels', () => {
  it('has a CSV file a channel, its points in order, NaN as nothing', async () => {
    const spool = await channelSpool(async (journal) => {
      await keepPoints(journal, { channel: 'Ga', index: 0, revision: 0 }, [secondsOf('Ga', 0, [1, Number.NaN], '°C')]);
      await keepPoints(journal, { channel: 'As "flux", right', index: 0, revision: 0 }, [
        secondsOf('As "flux", right', 0, [1e-7], 'Torr, "BEP"'),
      ]);
      await keepPoints(journal, { channel: 'Ga', index: 0, revision: 1 }, [secondsOf('Ga', 2, [3], '°C')]);
      await keepPoints(journal, { channel: 'Ga', index: 1, revision: 0 }, [secondsOf('Ga', 3, [-4.5], '°C')]);
    });
    const { code, last, names, read, description } = await exported(spool);
    expect([code, last]).toMatchObject([0, { event: 'exported', points: 5, refused: 0, notOnDisk: 0, failed: [] }]);
    expect(names).toEqual(['Ga.csv', expect.stringMatching(/^as_flux_right~[0-9a-f]{16}\.csv$/), 'session.json']);
    expect(read('Ga.csv')).toBe(
      [
        'time,unix_ms,value,units',
        '2026-11-21T08:00:00.000Z,1795248000000,1,°C',
        '2026-11-21T08:00:01.000Z,1795248001000,,°C',
        '2026-11-21T08:00:02.000Z,1795248002000,3,°C',
        '2026-11-21T08:00:03.000Z,1795248003000,-4.5,°C',
        '',
      ].join('\r\n'),
    );
    expect(read(names[1]!)).toContain(',1e-7,"Torr, ""BEP"""\r\n');
    expect(description.exported).toMatchObject({ points: 5, files: { Ga: 'Ga.csv', 'As "flux", right': names[1] } });
    expect(description.chunks).toMatchObject([
      { channel: 'As "flux", right' },
      { channel: 'Ga', index: 0, points: 3 },
      { index: 1 },
    ]);
  });

  it('has file names that every system takes, and tells apart', async () => {
    const channels = ['con', 'Temp', 'temp', '..', 'a/b'];
    const spool = await channelSpool(async (journal) => {
      for (const channel of channels)
        await keepPoints(journal, { channel, index: 0, revision: 0 }, [secondsOf(channel, 0, [1])]);
    });
    const { names, description } = await exported(spool);
    const files = Object.values<string>(description.exported.files);
    expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(5);
    expect(names.filter((name) => name.endsWith('.csv'))).toEqual([...files].sort());
    for (const file of files) expect(file).toMatch(/^[\w~]+\.csv$/);
    expect(files).not.toContain('con.csv');
  });

  it('has the channels of rows in files of their own', async () => {
    const spool = await channelSpool((journal) =>
      keepPoints(journal, { index: 0, revision: 0 }, [
        secondsOf('Ga', 0, [1, 2]),
        secondsOf('As', 0, [3, Number.NaN], 'Torr'),
      ]),
    );
    const { names, read } = await exported(spool);
    expect(names).toEqual(['As.csv', 'Ga.csv', 'session.json']);
    expect(read('As.csv').split('\r\n').slice(1, 3)).toEqual([
      '2026-11-21T08:00:00.000Z,1795248000000,3,Torr',
      '2026-11-21T08:00:01.000Z,1795248001000,,Torr',
    ]);
  });

  it('has a chunk once that was refused and has grown since, whole', async () => {
    const chunk = { channel: 'Ga', index: 0 };
    const to = 'd' as DataId;
    const spool = await channelSpool(async (journal) => {
      await keepPoints(journal, { ...chunk, revision: 0 }, [secondsOf('Ga', 0, [1])]);
      journal.append({ type: 'delivered', chunk: { ...chunk, revision: 0, items: 1 }, to, as: 0 });
      await keepPoints(journal, { ...chunk, revision: 1 }, [secondsOf('Ga', 1, [2])]);
      const problem = { tag: 'IngestError', message: 'no' };
      journal.append({ type: 'rejected', chunk: { ...chunk, revision: 1, items: 1 }, problem });
      await keepPoints(journal, { ...chunk, revision: 2 }, [secondsOf('Ga', 2, [3])]);
    });
    const { last, read } = await exported(spool);
    expect(last).toMatchObject({ points: 3, refused: 1 });
    expect(read('Ga.csv').match(/\r\n/g)).toHaveLength(4);
  });
});

describe('what the spool says of a session of channels', () => {
  it('is in points', async () => {
    const spool = await channelSpool((journal) =>
      keepPoints(journal, { channel: 'Ga', index: 0, revision: 0 }, [secondsOf('Ga', 0, [1, 2])]),
    );
    const out = join(temporaryFolder(), 'out');
    expect((await told(() => listSessions({ spool }))).text[1]).toMatch(/ waiting +2 points +0 points +/);
    expect((await told(() => listSessions({ spool, json: true }))).lines[0]).toMatchObject({ kind: 'timeseries' });
    expect((await told(() => verifySpool({ spool }))).text).toEqual([
      expect.stringMatching(/^1 session, 1 chunk, .*: all as written$/),
    ]);
    expect((await told(() => exportSession('Channels', { spool, out }).catch(() => 2 as const))).code).toBe(2);
    expect((await told(() => exportSession('Channels 42', { spool, out }))).text).toEqual([
      `wrote 2 points, 0 of them refused by the platform, to ${out}`,
    ]);
  });
});
