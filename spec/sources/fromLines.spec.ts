import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, materialize, retry, Subject, take, toArray } from 'rxjs';
import type { Reading } from '../../src/model/sample.js';
import type { BadReading } from '../../src/sources/badReading.js';
import { type FromLinesOptions, fromLines } from '../../src/sources/fromLines.js';
import { marbles } from '../../src/testing/marbles.js';

const numberOf = (line: string, t: number): Reading => ({ t, value: Number(line) });

/** What a finished stream of bytes gives: values, what was bad, and how it ended. */
const readFrom = async (bytes: readonly (string | Uint8Array)[], options: FromLinesOptions = {}, parse = numberOf) => {
  const told: BadReading[] = [];
  const readable = Readable.from(bytes, { objectMode: false });
  const readings$ = fromLines(readable, parse, { onBad: (bad) => told.push(bad), ...options });
  const notices = await lastValueFrom(readings$.pipe(materialize(), toArray()));
  return {
    values: notices.flatMap((notice) => (notice.kind === 'N' ? [notice.value.value] : [])),
    end: notices.flatMap((notice) => (notice.kind === 'E' ? [notice.error.context?.fault ?? notice.error] : []))[0],
    told: told.map(({ from, text, error }) => [from, text, (error as Error).message]),
    isDestroyed: readable.destroyed,
  };
};

describe('fromLines', () => {
  it('emits what is made of each line, and completes with its stream', async () => {
    expect(await readFrom(['1\r\n2', '.5\r', '\n3\n'])).toEqual({
      values: [1, 2.5, 3],
      end: undefined,
      told: [],
      isDestroyed: true,
    });
  });

  it('takes several readings from a line, or none', async () => {
    const parse = (line: string, t: number) =>
      line === 'hello' ? undefined : line.split(' ').map((value) => ({ channel: 'p', t, value: Number(value) }));
    const samples$ = fromLines(Readable.from(['hello\n1 2\n'], { objectMode: false }), parse);
    expect((await lastValueFrom(samples$.pipe(toArray()))).map(({ channel, value }) => [channel, value])).toEqual([
      ['p', 1],
      ['p', 2],
    ]);
  });

  it('tells of a line that is no reading, too long or cut, and goes on', async () => {
    const parse = (line: string, t: number): Reading => {
      if (line === 'ERR') throw new Error('the gauge is off');
      if (line === 'late') return { t: 1_780_000_000, value: 1 };
      return line === 'none' ? (null as never) : { t, value: line === 'text' ? ('7' as never) : Number(line) };
    };
    const lines = ['1\nERR\nlate\ntext\nnone\n', '123456789\n2\n', '3'];
    const { values, told, end } = await readFrom(lines, { name: 'gauge', maxLength: 8 }, parse);
    expect([values, end]).toEqual([[1, 2], undefined]);
    expect(told).toEqual([
      ['gauge', 'ERR', 'the gauge is off'],
      ['gauge', 'late', 't must be in milliseconds (these look like seconds), and is 1780000000'],
      ['gauge', 'text', 'value must be a number, and is "7"'],
      ['gauge', 'none', 'reading must be an object, and is null'],
      ['gauge', '12345678', 'line must have at most 8 characters, and is "123456789"'],
      ['gauge', '3', 'line must be complete (the stream ended in it), and is "3"'],
    ]);
  });

  it('fails with its stream, and keeps the cause', async () => {
    const readable = new PassThrough();
    const failed = lastValueFrom(fromLines(readable, numberOf, { name: 'gauge' }));
    const cause = new Error('EIO');
    readable.destroy(cause);
    await expect(failed).rejects.toMatchObject({
      message: 'gauge has failed: EIO',
      cause,
      context: { fault: 'unreachable' },
    });
  });

  it('fails when a stream ends that may not', async () => {
    expect(await readFrom(['1\n'], { mayEnd: false })).toMatchObject({ values: [1], end: 'unreachable' });
  });

  it('says that a stream has been used before', async () => {
    const readings$ = fromLines(Readable.from(['1\n'], { objectMode: false }), numberOf);
    await lastValueFrom(readings$);
    await expect(lastValueFrom(readings$)).rejects.toThrow('is over: give a function that opens it');
  });

  it('completes and destroys its stream when it is aborted', async () => {
    const readable = new PassThrough();
    const controller = new AbortController();
    const values = lastValueFrom(fromLines(readable, numberOf, { signal: controller.signal }).pipe(toArray()));
    readable.write('1\n2');
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect((await values).map(({ value }) => value)).toEqual([1]);
    expect(readable.destroyed).toBe(true);
  });

  it('destroys its stream when the watchdog gives it up, and opens another one', () => {
    const opened: Socketlike[] = [];
    marbles(({ cold, expectObservable, flush }) => {
      const open = () => {
        const line = new Socketlike();
        opened.push(line);
        cold('--a-b', { a: '1\n', b: '2\n3' }).subscribe((text) => line.say(text));
        return line;
      };
      const readings$ = fromLines(open, (line) => ({ t: 0, value: Number(line) }), { watchdogMs: 5 }).pipe(retry());
      const heard = '--a-b------a-b------';
      const left = ' -------------------!';
      const values = { a: { t: 0, value: 1 }, b: { t: 0, value: 2 } };
      expectObservable(readings$, left).toBe(heard, values);
      flush();
    });
    expect(opened.map(({ destroyed }) => destroyed)).toEqual([true, true, true]);
  });

  it.each([
    ['readable', [undefined, numberOf, {}]],
    ['parse', [Readable.from([]), undefined, {}]],
    ['watchdogMs', [Readable.from([]), numberOf, { watchdogMs: 0 }]],
    ['maxLength', [Readable.from([]), numberOf, { maxLength: Number.NaN }]],
    ['encoding', [Readable.from([]), numberOf, { encoding: 'utf16' }]],
  ])('refuses a wrong %s at the call', (field, [readable, parse, options]) => {
    expect(() => fromLines(readable as never, parse as never, options as never)).toThrow(
      expect.objectContaining({ _tag: 'InputError', context: expect.objectContaining({ field }) }),
    );
  });
});

/** A stream that is told what to say at once, in virtual time. */
class Socketlike extends Readable {
  override _read() {}
  say(text: string) {
    this.emit('data', text);
  }
}

describe('fromLines over TCP', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });

  const listen = async (serve: (socket: Socket) => void): Promise<() => Socket> => {
    const server = createServer(serve).listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    return () => dial((server.address() as { port: number }).port, '127.0.0.1');
  };

  it('reads an instrument, and hangs up when it is left in the middle', async () => {
    const hungUp = new Subject<void>();
    const gone = firstValueFrom(hungUp);
    const open = await listen((socket) => {
      const timer = setInterval(() => socket.write('1.5\r\n'), 2);
      socket.on('error', () => {});
      socket.on('close', () => {
        clearInterval(timer);
        hungUp.next();
      });
    });
    const before = Date.now();
    const readings = await lastValueFrom(fromLines(open, numberOf).pipe(take(3), toArray()));
    await gone;
    expect(readings.map(({ value }) => value)).toEqual([1.5, 1.5, 1.5]);
    expect(readings.every(({ t }) => t >= before && t < Date.now() + 1)).toBe(true);
  });

  it('connects again after an instrument that hung up, and after one that was not there', async () => {
    let calls = 0;
    const open = await listen((socket) => socket.end(`${++calls}\n`));
    const doors = [() => dial(1, '127.0.0.1'), open, open];
    const faults: unknown[] = [];
    const readings$ = fromLines(() => doors.shift()!(), numberOf).pipe(
      retry({
        delay: (error) => {
          faults.push(error.context.reason);
          return [0];
        },
      }),
      take(2),
      toArray(),
    );
    expect((await lastValueFrom(readings$)).map(({ value }) => value)).toEqual([1, 2]);
    expect(faults).toEqual([expect.stringContaining('ECONNREFUSED'), 'has ended the connection']);
  });
});
