import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { programOf, type ServeSettings } from '../../src/cli/program.js';
import type { StreamSettings } from '../../src/cli/streamSettings.js';

beforeEach(() => {
  jest.replaceProperty(process, 'env', {});
});
afterEach(() => {
  jest.restoreAllMocks();
});

const parse = async (...args: string[]) => {
  const seen: { serve?: ServeSettings; stream?: StreamSettings; other?: readonly unknown[] } = {};
  const other =
    (name: string) =>
    async (...given: unknown[]) => {
      seen.other = [name, ...given];
    };
  const said: string[] = [];
  const program = programOf({
    serve: async (settings) => {
      seen.serve = settings;
    },
    stream: async (settings) => {
      seen.stream = settings;
    },
    note: other('note'),
    doctor: other('doctor'),
    spool: {
      ls: other('ls'),
      verify: other('verify'),
      drain: other('drain'),
      export: other('export'),
      retry: other('retry'),
      gc: other('gc'),
    },
  });
  const say = (text: string) => {
    said.push(text);
  };
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  for (const command of [program, ...commands]) command.configureOutput({ writeErr: say, writeOut: say });
  const error = await program.parseAsync(args, { from: 'user' }).then(
    () => undefined,
    (thrown) => thrown,
  );
  return { ...seen, said: said.join(''), error };
};

const streamOf = async (...args: string[]) => {
  const { stream, said } = await parse('stream', 'run42', ...args);
  if (stream === undefined) throw new Error(said);
  return stream;
};

describe('epistream serve', () => {
  it('has defaults for everything', async () => {
    const { serve } = await parse('serve');
    expect(serve).toEqual({ port: 4100, host: '127.0.0.1', data: 'epistream-data' });
  });

  it('takes its options', async () => {
    const { serve } = await parse(...'serve --port 0 --host 0.0.0.0 --data d --key k --json'.split(' '));
    expect(serve).toEqual({ port: 0, host: '0.0.0.0', data: 'd', key: 'k', json: true });
  });
});

describe('epistream stream', () => {
  it('takes two seconds of frames a chunk, paces, and names the run by its time', async () => {
    const { frames, ...others } = await streamOf('--fps', '12.2');
    const { rheed, ...more } = frames!;
    expect(rheed).toEqual({ fps: 12.2, rotationsPerMin: 0, chunkSize: 25, streamName: expect.any(String) });
    expect(rheed.streamName).toMatch(/^RHEED \d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(more).toEqual({ input: 'run42', gray: {}, pace: true });
    expect(others).toEqual({ json: false, platform: {} });
  });

  it('names the run by its sample', async () => {
    const { frames } = await streamOf('--fps', '1', '--sample', 'GaN-001');
    expect(frames?.rheed.streamName).toMatch(/^GaN-001 \d{4}-.*Z$/);
  });

  it('takes all its options', async () => {
    const settings = await streamOf(
      ...'--fps 24 --chunk 60 --rpm 15 --name N --sample S --project P --tag a --tag b --azimuth [110]'.split(' '),
      ...'--window 0:4095 --from luma --no-pace --start 1700000000000 --endpoint http://e --key k'.split(' '),
      ...'--spool dir --json'.split(' '),
    );
    expect(settings).toEqual({
      frames: {
        input: 'run42',
        rheed: {
          fps: 24,
          chunkSize: 60,
          rotationsPerMin: 15,
          streamName: 'N',
          physicalSample: 'S',
          projectId: 'P',
          tags: ['a', 'b'],
          azimuth: '[110]',
          startMs: 1_700_000_000_000,
        },
        gray: { window: [0, 4095], from: 'luma' },
        pace: false,
      },
      json: true,
      platform: { endpoint: 'http://e', apiKey: 'k', spool: { dir: 'dir' } },
    });
  });

  it.each([
    [[], undefined],
    [['--no-spool'], false],
    [['--spool', 'dir'], { dir: 'dir' }],
  ])('makes of %j the spool %j', async (args, spool) => {
    expect((await streamOf('--fps', '1', ...args)).platform.spool).toEqual(spool);
  });

  it.each([
    [['--window', 'first-frame'], { window: 'first-frame' }],
    [['--window=-5:70000.5'], { window: [-5, 70_000.5] }],
    [['--bits', '12'], { bits: 12 }],
  ])('makes of %j the gray options %j', async (args, gray) => {
    expect((await streamOf('--fps', '1', ...args)).frames?.gray).toEqual(gray);
  });

  it('takes logs, and channels of files of their own, as a growth run', async () => {
    const { frames, ...settings } = await streamOf(
      ...'--fps 10 --log a.csv.gz --log b.csv --date-order dmy --tz Europe/Berlin --elapsed-since 0'.split(' '),
      ...'--time-column Date --time-column Time --delimiter ; --decimal-comma --preamble 2 --drop-bad-rows'.split(' '),
      ...'--sentinel 9.9E+9=over-range --sentinel x=y=under-range --follow --points-per-chunk 50'.split(' '),
      ...['--channel', 'p=C:\\logs\\gauge.csv:mbar', '--channel', 'rate = /m=1.csv:ML/s', '--flush-after', '500'],
      ...'--run R --operator Anna --sample S --tag a'.split(' '),
    );
    expect(frames?.input).toBe('run42');
    expect(settings).toEqual({
      logs: {
        logs: ['a.csv.gz', 'b.csv'],
        format: 'csv',
        channels: [
          { channel: 'p', path: 'C:\\logs\\gauge.csv', units: 'mbar' },
          { channel: 'rate', path: ' /m=1.csv', units: 'ML/s' },
        ],
        reading: {
          dateOrder: 'dmy',
          timeZone: 'Europe/Berlin',
          start: 0,
          time: ['Date', 'Time'],
          delimiter: ';',
          decimal: ',',
          preamble: 2,
          sentinels: { '9.9E+9': 'over-range', 'x=y': 'under-range' },
          onGarbage: 'drop',
          follow: true,
        },
        timeseries: { pointsPerChunk: 50, flushAfterMs: 500 },
      },
      run: { name: 'R', operator: 'Anna', physicalSample: 'S', tags: ['a'] },
      json: false,
      platform: {},
    });
  });

  it.each([
    ['--log logs/2023-06-12/ --format epic', '2023-06-12'],
    ['--log logs/run.7.csv.gz', 'run.7'],
    ['--log .txt', '.txt'],
    ['--channel p=gauge.txt:mbar', 'gauge'],
    ['--channel p=gauge.txt:mbar --name N', 'N'],
  ])('of %s makes the run %s', async (args, name) => {
    const { stream } = await parse('stream', ...args.split(' '));
    expect([stream?.run, stream?.frames]).toEqual([{ name }, undefined]);
  });

  it('makes of frames a part of a run only when one is named', async () => {
    expect((await streamOf('--fps', '1', '--name', 'N')).run).toBeUndefined();
    expect((await streamOf('--fps', '1', '--run', 'R')).run).toEqual({ name: 'R' });
  });

  it('sends what a finished log has in larger chunks than what is still to come', async () => {
    const pointsOf = async (...args: string[]) => (await streamOf('--fps', '1', ...args)).logs?.timeseries;
    await expect(pointsOf('--log', 'a')).resolves.toEqual({ pointsPerChunk: 1000 });
    await expect(pointsOf('--log', 'a', '--follow')).resolves.toEqual({});
  });

  it.each([
    ['2026-03-01T14:30:00+01:00', Date.UTC(2026, 2, 1, 13, 30)],
    ['2026-03-01T14:30Z', Date.UTC(2026, 2, 1, 14, 30)],
    ['2026-03-01T14:30:05.250Z', Date.UTC(2026, 2, 1, 14, 30, 5, 250)],
    ['0', 0],
  ])('takes a start of %s', async (start, startMs) => {
    expect((await streamOf('--fps', '1', '--start', start)).frames?.rheed.startMs).toBe(startMs);
  });

  it('needs no key for a platform on this computer, and takes the environment’s for any', async () => {
    const keyFor = async (endpoint: string) => (await streamOf('--fps', '1', '--endpoint', endpoint)).platform.apiKey;
    await expect(keyFor('http://127.0.0.1:4100')).resolves.toBe('local');
    await expect(keyFor('http://127.0.0.1.example.org')).resolves.toBeUndefined();
    jest.replaceProperty(process, 'env', { AS_API_KEY: 'theirs' });
    await expect(keyFor('http://localhost:4100')).resolves.toBeUndefined();
  });

  it.each([
    [['stream', '--fps', '1'], 'there is nothing to stream: give INPUT, --log or --channel'],
    [['stream', 'a'], "'--fps <rate>' not specified"],
    [['stream', '--log', 'a', '--run', 'r', '--name', 'n'], 'leave --name out'],
    [['stream', 'a', '--fps', '1', '--operator', 'Anna'], '--operator needs --run'],
    [['stream', '--log', 'a', '--format', 'xml'], 'Allowed choices are epic, csv.'],
    [['stream', '--log', 'a', '--date-order', 'dym'], 'Allowed choices are dmy, mdy, ymd.'],
    [['stream', '--channel', 'p=gauge.csv'], 'It must be NAME=PATH:UNITS'],
    [['stream', '--channel', 'p=gauge.csv:'], 'It must be NAME=PATH:UNITS'],
    [['stream', '--channel', 'p=C:\\gauge.csv'], 'It must be NAME=PATH:UNITS'],
    [['stream', '--channel', '=gauge.csv:mbar'], 'It must be NAME=PATH:UNITS'],
    [['stream', '--channel', 'gauge:mbar=2'], 'It must be NAME=PATH:UNITS'],
    [['stream', '--channel', 'p=:mbar'], 'It must be NAME=PATH:UNITS'],
    [['stream', '--channel', 'p=a:mbar', '--channel', 'p=b:Pa'], 'There are two channels called p.'],
    [['stream', '--log', 'a', '--sentinel', '9.9E+9'], 'It must be CODE=FLAG'],
    [['stream', '--log', 'a', '--sentinel', '9.9E+9=high'], 'It must be CODE=FLAG'],
    [['note', 'open Ga'], "'--run <name>' not specified"],
    [['note', '--run', 'r'], "missing required argument 'text'"],
    [['note', 'open Ga', '--run', 'r', '--at', '14:30'], 'with a zone'],
    [['stream', 'a', 'b', '--fps', '1'], 'Put a pattern in quotes.'],
    [['stream', 'a', '--fps', 'fast'], "'--fps <rate>' argument 'fast' is invalid. It must be a number."],
    [['stream', 'a', '--fps', ''], 'It must be a number.'],
    [['stream', 'a', '--fps', 'Infinity'], 'It must be a number.'],
    [['stream', 'a', '--fps', '1', '--window', '1'], 'It must be LO:HI'],
    [['stream', 'a', '--fps', '1', '--window', '1:2:3'], 'It must be LO:HI'],
    [['stream', 'a', '--fps', '1', '--window', ':5'], 'It must be a number.'],
    [['stream', 'a', '--fps', '1', '--start', '2026-03-01T14:30'], 'with a zone'],
    [['stream', 'a', '--fps', '1', '--start', '2026-02-30T14:30Z'], 'with a zone'],
    [['stream', 'a', '--fps', '1', '--start', '2026-02-39T14:30Z'], 'with a zone'],
    [['stream', 'a', '--fps', '1', '--start', 'yesterday'], 'with a zone'],
    [['serve', '--port', 'x'], 'It must be a number.'],
    [['grow'], "unknown command 'grow'"],
    [['spool', 'burn'], "unknown command 'burn'"],
    [['spool', 'export', 'a'], "'--out <dir>' not specified"],
    [['spool', 'export', '--out', 'a'], "missing required argument 'session'"],
    [['spool', 'retry', 'a', 'b'], 'too many arguments'],
    [['spool', 'verify', '--key', 'k'], "unknown option '--key'"],
  ])('refuses %j', async (args, why) => {
    const { error, said, stream, serve, other } = await parse(...args);
    expect(said).toContain(why);
    expect(error).toMatchObject({ name: 'CommanderError' });
    expect([stream, serve, other]).toEqual([undefined, undefined, undefined]);
  });

  it('does not repeat a key that was given to a misspelt flag', async () => {
    const { said } = await parse('stream', 'a', '--fps', '1', '--kye=SECRET');
    expect(said).toContain("unknown option '--kye'");
    expect(said).not.toContain('SECRET');
  });

  it('speaks of patterns only where there is one', async () => {
    const { said } = await parse('spool', 'retry', 'a', 'b');
    expect(said).not.toContain('pattern');
  });
});

describe('the other commands', () => {
  it.each([
    [
      'note open --run R --operator Anna --at 1700000000000 --sample S --tag a --endpoint e --key k --spool d --json',
      [
        'note',
        'open',
        {
          run: 'R',
          operator: 'Anna',
          at: 1_700_000_000_000,
          sample: 'S',
          tag: ['a'],
          endpoint: 'e',
          key: 'k',
          spool: 'd',
          json: true,
        },
      ],
    ],
    ['note open --run R --no-spool', ['note', 'open', { run: 'R', spool: false }]],
    ['doctor --endpoint e --key k --spool d --json', ['doctor', { endpoint: 'e', key: 'k', spool: 'd', json: true }]],
    ['spool ls --endpoint e --key k --spool d --json', ['ls', { endpoint: 'e', key: 'k', spool: 'd', json: true }]],
    ['spool verify --spool d --json', ['verify', { spool: 'd', json: true }]],
    ['spool drain', ['drain', {}]],
    [
      'spool drain --watch --endpoint e --key k --spool d',
      ['drain', { watch: true, endpoint: 'e', key: 'k', spool: 'd' }],
    ],
    ['spool export 3f2a --out o --spool d --json', ['export', '3f2a', { out: 'o', spool: 'd', json: true }]],
    [
      'spool retry 3f2a --sample S --project P --tag a --tag b --adopt --endpoint e --key k --spool d',
      [
        'retry',
        '3f2a',
        { sample: 'S', project: 'P', tag: ['a', 'b'], adopt: true, endpoint: 'e', key: 'k', spool: 'd' },
      ],
    ],
    ['spool gc', ['gc', [], {}]],
    ['spool gc a b --yes --spool d --json', ['gc', ['a', 'b'], { yes: true, spool: 'd', json: true }]],
  ])('%s', async (line, given) => {
    const { other } = await parse(...line.split(' '));
    expect(other?.slice(0, given.length)).toEqual(given);
  });
});
