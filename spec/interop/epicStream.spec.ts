import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { filter, firstValueFrom, map, toArray } from 'rxjs';
import { CommandLine } from '../cli/commandLine.js';
import { runPython } from './python.js';

const slice = join('samples', 'pdi-epic-mbe-log');
/** The whole day, 4 MB, where it is at hand; what is in the repository is five minutes of it. */
const wholeDay = join(process.env.EPISTREAM_DATA || join('..', 'shared', 'data'), 'pdi-epic-mbe-log');

const shutters = 'Sub QMS Ba Ga GeO N In SiO SnO La LL LN2'.split(' ');
const shuttersOf = (readings: number) => Object.fromEntries(shutters.map((name) => [`${name}_Sh`, readings]));
const opened = '2023-06-12T00:23:24.656Z';

const logs = [
  {
    what: 'five minutes',
    log: slice,
    flat: ['Ga.PID.MV', 'LL IG.PG.MV', 'MC IG.PG.MV', 'MIG.PG.MV'],
    has: { points: 2469, finite: 2469, shutters: shuttersOf(2), overRange: {}, gallium: [opened], messages: 1 },
  },
  {
    what: 'a day',
    log: wholeDay,
    flat: ['MIG.PG.MV'],
    has: {
      points: 837_196 + 1111,
      finite: 837_196,
      shutters: shuttersOf(7),
      overRange: { 'LL IG.PG.MV': 1111 },
      gallium: [opened, '2023-06-12T03:15:03.145Z'],
      messages: 3,
    },
  },
].filter(({ log }) => existsSync(log));

const libfaketime = ['x86_64', 'aarch64']
  .map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketimeMT.so.1`)
  .find(existsSync);
/** A host whose clock is an hour ahead: for its programs, or in Node only. */
const hourAhead: Readonly<Record<string, string>> =
  libfaketime === undefined
    ? { NODE_OPTIONS: '--import "data:text/javascript,const now=Date.now;Date.now=()=>now()+36e5"' }
    : { LD_PRELOAD: libfaketime, FAKETIME: '+1h', FAKETIME_DONT_FAKE_MONOTONIC: '1' };

let folder: string;
let platform: CommandLine;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epistream-epic-'));
  platform = new CommandLine('serve', '--port', '0', '--data', folder, '--json');
  url = (await platform.line('listening')).url as string;
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  platform.signal('SIGKILL');
  await platform.exited;
  await rm(folder, { recursive: true });
});

const stream = (log: string, ...args: string[]) =>
  new CommandLine(
    ...['stream', '--log', log, '--format', 'epic', '--tz', 'Europe/Berlin', '--sample', 'M8abcd', '--json'],
    ...['--endpoint', url, ...args],
  );

const warningsOf = (run: CommandLine) =>
  firstValueFrom(
    run.lines$.pipe(
      filter(({ event }) => event === 'warning'),
      map(({ text }) => text as string),
      toArray(),
    ),
  );

const whole = { different: [], events: true };

describe('epistream stream, with the log of an oxide MBE', () => {
  it.each(logs)(
    'delivers $what: Python reads every value as the log has it, and what is odd is named',
    async ({ what, log, flat, has }) => {
      const run = stream(log, '--date-order', 'dmy', '--run', what);
      const [{ code, last }, warnings] = await Promise.all([run.end(), warningsOf(run)]);
      expect([code, last?.sessions]).toEqual([
        0,
        [
          expect.objectContaining({ part: 'channels', offered: has.points, delivered: has.points, ended: true }),
          expect.objectContaining({ part: 'events', offered: has.messages, delivered: has.messages, ended: true }),
        ],
      ]);
      expect(warnings).toContainEqual(expect.stringMatching(/FLUX IG.* has no reading of FLUX IG\.PG\.MV$/));
      expect(warnings).toContainEqual(expect.stringMatching(/Pyro.* has the header of Sub\.PID\.MV/));
      expect(warnings).toContainEqual(expect.stringMatching(/Fitting\.txt is no log of values, and is not read$/));
      expect(warnings.flatMap((text) => /^(.+) is flat: /.exec(text)?.[1] ?? []).sort()).toEqual(flat);
      expect(await runPython('./epic_stream.py', [log, join(folder, what)])).toEqual({ ...whole, ...has });
    },
    300_000,
  );

  it('sends nothing and exits with 2 when it is not said how the dates are to be read', async () => {
    const { code, last, complaint } = await stream(slice, '--run', 'undecided').end();
    expect([code, complaint]).toEqual([2, expect.stringContaining('--date-order must be given')]);
    expect(last).toMatchObject({ event: 'report', exitCode: 2, problem: { tag: 'InputError', field: 'dateOrder' } });
    expect(await readdir(folder)).not.toContain('undecided');
  });

  it('moves no time when the clock of the host is an hour ahead', async () => {
    const before = Date.now();
    jest.replaceProperty(process, 'env', { ...process.env, ...hourAhead });
    const run = stream(slice, '--date-order', 'dmy', '--run', 'ahead');
    jest.restoreAllMocks();
    const { at } = await run.line('asked');
    expect((at as number) - before).toBeGreaterThan(3_600_000 - 60_000); // the clock was an hour ahead
    expect((await run.end()).code).toBe(0);
    expect(await runPython('./epic_stream.py', [slice, join(folder, 'ahead')])).toEqual({ ...whole, ...logs[0]?.has });
  });
});
