import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom, map, skip, toArray } from 'rxjs';
import { CommandLine } from './commandLine.js';

const fixture = (name: string) => join('spec', 'fixtures', 'images', name);

let folder: string;
let platform: CommandLine;
let url: string;
const runs: CommandLine[] = [];

const start = (...args: string[]) => {
  const run = new CommandLine(...args);
  runs.push(run);
  return run;
};
const stream = (input: string, ...args: string[]) => start('stream', input, '--json', ...args);

/** A folder of `count` good images, then what is named. */
const images = async (name: string, count: number, ...others: string[]) => {
  const path = join(folder, name);
  await mkdir(path);
  for (let index = 0; index < count; index++) await copyFile(fixture('gray8.png'), join(path, `${index}.png`));
  for (const [index, other] of others.entries()) await copyFile(fixture(other), join(path, `${count + index}.png`));
  return path;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epistream-cli-'));
  platform = new CommandLine('serve', '--port', '0', '--data', join(folder, 'data'), '--key', 'the-key', '--json');
  url = (await platform.line('listening')).url as string;
});
afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.signal('SIGKILL');
    await run.exited;
  }
});
afterAll(async () => {
  platform.signal('SIGKILL');
  await platform.exited;
  await rm(folder, { recursive: true });
});

const to = (key = 'the-key') => ['--endpoint', url, '--key', key];

describe('epistream stream', () => {
  it('delivers a folder, ends the stream, and exits with 0', async () => {
    const run = stream(await images('good', 5), '--fps', '1', '--no-pace', '--sample', 'GaN-001', ...to());
    const { code, last, complaint } = await run.end();
    expect([code, complaint]).toEqual([0, '']);
    expect(last).toMatchObject({ event: 'report', exitCode: 0, offered: 5, delivered: 5, ended: true });
  });

  it('tells a person the result in one line', async () => {
    const run = start('stream', fixture('gray8.png'), '--fps', '1', ...to());
    const { code, last, complaint } = await run.end();
    expect([code, last?.line]).toEqual([0, expect.stringMatching(/^delivered 1 of 1 frames, stream [0-9a-f-]{36}$/)]);
    expect(complaint).toMatch(/^opened stream [0-9a-f-]{36}\n$/);
  });

  it('delivers what comes before a truncated PNG, ends the stream, and exits with 2', async () => {
    const run = stream(await images('cut', 3, 'truncated.png', 'gray8.png'), '--fps', '1', '--no-pace', ...to());
    const { code, last, complaint } = await run.end();
    expect(code).toBe(2);
    expect(last).toMatchObject({ event: 'report', offered: 3, delivered: 3, ended: true, outcome: 'failed' });
    expect(complaint).toMatch(/^error: cannot read .*3\.png as a frame: it is damaged or cut short.*\n$/);
  });

  it('exits with 1 within seconds for a wrong key, and never shows it', async () => {
    const run = stream(fixture('gray8.png'), '--fps', '1', ...to('not-the-key'));
    const { code, last, complaint } = await run.end();
    expect([code, last?.exitCode, last?.delivered]).toEqual([1, 1, 0]);
    expect(complaint).toContain('401');
    expect(complaint + JSON.stringify(last)).not.toContain('not-the-key');
  });

  it.each<[string, () => Promise<string[]>, string]>([
    ['an empty folder', async () => [await images('empty', 0), '--fps', '1'], 'INPUT must be a folder with images'],
    ['fps 0', async () => [fixture('gray8.png'), '--fps', '0'], '--fps must be a finite number above 0, and is 0'],
    ['16 bits without a window', async () => [fixture('gray16.png'), '--fps', '1'], '--window must be LO:HI'],
    [
      'a misspelt option',
      async () => [fixture('gray8.png'), '--fps', '1', '--chunks', '9'],
      "unknown option '--chunks'",
    ],
  ])('exits with 2 for %s, naming it in one sentence', async (_, args, why) => {
    const { code, complaint } = await start('stream', ...to(), ...(await args())).end();
    expect(complaint).toContain(`error: ${why}`);
    expect([code, complaint.trim().split('\n').length <= 2]).toEqual([2, true]);
    expect(complaint).not.toMatch(/ at .*\.js|the-key/);
  });
});

describe('epistream stream, as a growth run', () => {
  const log = ['--log', join('spec', 'fixtures', 'epicLog'), '--format', 'epic', '--tz', 'Europe/Berlin'];

  it('delivers frames and a log, each counted for itself, and exits with 0', async () => {
    const run = start(
      ...['stream', await images('beside', 3), '--fps', '1', '--no-pace', ...log, '--date-order', 'dmy'],
      ...['--run', 'Growth 42', '--operator', 'Anna', ...to()],
    );
    const { code, complaint } = await run.end();
    const results = await firstValueFrom(
      run.lines$.pipe(
        map(({ line }) => `${line}`.split(' of ')[0]),
        toArray(),
      ),
    );
    expect([code, results.sort()]).toEqual([
      0,
      [expect.stringMatching(/^channels: delivered \d+$/), 'events: delivered 3', 'frames: delivered 3'],
    ]);
    expect(complaint).toContain('warning: ');
    expect(complaint).toMatch(/^frames: opened stream [0-9a-f-]{36}$/m);
    expect(await readdir(join(folder, 'data', 'Growth 42'))).toEqual(
      expect.arrayContaining(['channels', 'events', 'events.jsonl', 'frames']),
    );
  });

  it('goes on with the frames when a row of the log cannot be read, says which, and exits with 2', async () => {
    const path = join(folder, 'torn.csv');
    await writeFile(path, 'time,p\n2026-03-01T14:30:00Z,1\ntorn\n');
    const run = stream(await images('torn', 2), '--fps', '1', '--no-pace', '--log', path, ...to());
    const { code, complaint, last } = await run.end();
    expect([code, complaint]).toEqual([2, expect.stringMatching(/^error: .*torn\.csv, line 3 /)]);
    expect(last?.sessions).toEqual([
      expect.objectContaining({ part: 'frames', delivered: 2, outcome: 'complete' }),
      expect.objectContaining({ part: 'channels', delivered: 1, outcome: 'failed', ended: true }),
    ]);
  });

  it('sends nothing, not even the frames, and exits with 2 for a log that cannot be understood', async () => {
    const run = start('stream', fixture('gray8.png'), '--fps', '1', '--json', ...log, '--run', 'Undecided', ...to());
    const { code, complaint, last } = await run.end();
    expect([code, complaint]).toEqual([2, expect.stringMatching(/^error: --date-order must be given/)]);
    expect(last).toMatchObject({ event: 'report', exitCode: 2 });
    expect(await readdir(join(folder, 'data'))).not.toContain('Undecided');
  });
});

describe('epistream note', () => {
  it('delivers a note of a run, and exits with 0', async () => {
    const run = start('note', 'open Ga', '--run', 'Noted', '--at', '2026-03-01T14:30:00+01:00', ...to());
    const { code, last, complaint } = await run.end();
    expect([code, last?.line]).toEqual([0, expect.stringMatching(/^delivered 1 of 1 events, stream [0-9a-f-]{36}$/)]);
    expect(complaint).toMatch(/^opened stream/);
    const events = await readFile(join(folder, 'data', 'Noted', 'events.jsonl'), 'utf8');
    const { t, text } = JSON.parse(events);
    const beside = Date.parse(t) - Date.UTC(2026, 2, 1, 13, 30); // a host's time, told by the platform's clock
    expect([text, Math.abs(beside) < 1000]).toEqual(['open Ga', true]);
  });
});

describe('epistream serve', () => {
  it('exits with 2 for a port in use', async () => {
    const { code, complaint } = await start('serve', '--port', new URL(url).port, '--data', join(folder, 'x')).end();
    expect([code, complaint]).toEqual([2, expect.stringContaining('--port must be one to listen on')]);
  });

  it('exits with 2 when others could reach it without a key', async () => {
    const { code, complaint } = await start('serve', '--port', '0', '--host', '0.0.0.0').end();
    expect([code, complaint]).toEqual([2, expect.stringContaining('--key')]);
  });
});

// On Windows a signal from another process ends it without a word; there the console sends them.
if (process.platform !== 'win32')
  describe('when it is asked to stop', () => {
    it.each(['SIGINT', 'SIGHUP'] as const)('the platform stops listening and exits with 0 on %s', async (name) => {
      const run = start('serve', '--port', '0', '--data', join(folder, name), '--json');
      await run.line('listening');
      run.signal(name);
      const { code, last } = await run.end();
      expect([code, last]).toEqual([0, { event: 'stopped' }]);
    });

    it('a stream stops its source, delivers what it has, ends, and exits with 0', async () => {
      const run = stream(await images('long', 90), '--fps', '30', ...to());
      await run.line('opened');
      run.signal('SIGTERM');
      const { code, last } = await run.end();
      expect([code, last?.ended, last?.outcome]).toEqual([0, true, 'cancelled']);
      expect(last?.delivered).toBe(last?.offered);
      expect(last?.delivered).toBeLessThan(90);
      expect(last?.delivered).toBeGreaterThan(0);
    });

    it('a log that is followed is delivered to where it is, and exits with 0', async () => {
      const path = join(folder, 'gauge.csv');
      await writeFile(path, 'time,p\n2026-03-01T14:30:00Z,1\n');
      const run = start('stream', '--json', '--log', path, '--follow', '--flush-after', '50', ...to());
      await run.line('delivered');
      await appendFile(path, '2026-03-01T14:30:01Z,2\n');
      await firstValueFrom(
        run.lines$.pipe(
          filter(({ event }) => event === 'delivered'),
          skip(1),
        ),
      );
      run.signal('SIGINT');
      const { code, last } = await run.end();
      expect([code, last]).toEqual([0, expect.objectContaining({ outcome: 'cancelled', offered: 2, delivered: 2 })]);
    });

    describe('and the platform does not answer', () => {
      let silent: Server;
      beforeAll(async () => {
        silent = createServer(() => {});
        await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      });
      afterAll(() => {
        silent.closeAllConnections();
        silent.close();
      });

      const leave = async (input: string, ...args: string[]) => {
        const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
        const run = stream(input, '--fps', '1', '--no-pace', '--endpoint', endpoint, ...args);
        await run.line('ending');
        run.signal('SIGINT');
        await run.line('stopping');
        await run.signalAgain('SIGINT');
        return { ...(await run.end()), endpoint };
      };

      it('a stream leaves at the second request with 1, saying what is kept where', async () => {
        const { code, last, complaint, endpoint } = await leave(await images('silent', 9));
        expect([code, complaint]).toEqual([1, 'error: stopped at once\n']);
        expect(last).toMatchObject({ event: 'report', exitCode: 1, offered: 9, delivered: 0, kept: 9, lost: 0 });
        expect(last?.spool).toEqual({
          dir: expect.any(String),
          resume: `epistream spool drain --endpoint ${endpoint}`,
        });
      });

      it('a stream without a spool leaves with 1, saying what is lost', async () => {
        const { code, last, complaint } = await leave(await images('forgetful', 9), '--no-spool');
        expect([code, complaint]).toEqual([1, 'error: stopped at once\n']);
        expect(last).toMatchObject({ event: 'report', exitCode: 1, offered: 9, delivered: 0, kept: 0, lost: 9 });
        expect(last).not.toHaveProperty('spool');
      });
    });
  });
