import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom, from, map, of, take, takeUntil } from 'rxjs';
import { connect } from '../../src/connect.js';
import { failure } from '../../src/ingest/failure.js';
import { redactor } from '../../src/ingest/redact.js';
import { refusal } from '../../src/ingest/refusal.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { startFaultServer } from '../../src/testing/faultServer.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { marbles } from '../../src/testing/marbles.js';
import { Choices, runSeed, runsAll, tellSeed } from './httpRandom.js';

const seed = runSeed();
beforeAll(() => tellSeed('Retry-After', seed));

const CAP_MS = 600_000;
const asctime = (when: Date): string => {
  const [day, date, month, year, time] = when.toUTCString().replace(',', '').split(' ');
  return `${day} ${month} ${date?.replace(/^0/, ' ')} ${time} ${year}`;
};
const rfc850 = (when: Date): string => {
  const [, date, month, year, time] = when.toUTCString().split(' ');
  const day = when.toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' });
  return `${day}, ${date}-${month}-${year?.slice(-2)} ${time} GMT`;
};

/** What the header asks for, ms; `undefined` for what asks for nothing. `nowMs` is the sender's clock, whole seconds. */
const asked: Readonly<
  Record<string, (choices: Choices, nowMs: number) => readonly [header: string, waitMs: number | undefined]>
> = {
  'whole seconds': (choices) => {
    const seconds = choices.whole(0, 600);
    return [`${seconds}`, seconds * 1000];
  },
  'seconds and a fraction': (choices) => {
    const eighths = choices.whole(0, 4799); // exact in binary, as the marbles want it
    return [(eighths / 8).toFixed(3), eighths * 125];
  },
  'seconds with space around': (choices) => [`  ${choices.whole(1, 1)}\t`, 1000],
  'a date to come': (choices, nowMs) => {
    const seconds = choices.whole(1, 600);
    return [new Date(nowMs + seconds * 1000).toUTCString(), seconds * 1000];
  },
  'a date in the format of 1987': (choices, nowMs) => {
    const seconds = choices.whole(1, 600);
    return [rfc850(new Date(nowMs + seconds * 1000)), seconds * 1000];
  },
  'a date in the format of C': (choices, nowMs) => {
    const seconds = choices.whole(1, 600);
    return [asctime(new Date(nowMs + seconds * 1000)), seconds * 1000];
  },
  'a date that has passed': (choices, nowMs) => [new Date(nowMs - choices.whole(0, 10 ** 9)).toUTCString(), 0],
  'a date of another century': (choices) => [new Date(Date.UTC(2100 + choices.whole(0, 800), 0)).toUTCString(), CAP_MS],
  'a negative number': (choices) => [`-${choices.whole(1, 1000)}`, undefined],
  '10^9': () => ['1000000000', CAP_MS],
  'more than any number holds': () => ['9'.repeat(400), CAP_MS],
  garbage: (choices) => [
    ['soon', '1e3', '0x10', 'Infinity', 'NaN', '1,2', '12 s', 'Friday', '2026-11-20', '{}', '\u00a0\u00ff'][
      choices.whole(0, 10)
    ] ?? '',
    undefined,
  ],
  blank: () => ['', undefined],
};
const repetitions = runsAll() ? 200 : 20;

/** A failed attempt as the wire's headers make it. */
const refused = (headers: Readonly<Record<string, string>>) =>
  failure(
    refusal({ status: 503, header: (name) => headers[name], text: '' }, 'presign', 'api', 'http://host/', redactor()),
  );

const options = { fps: 1, rotationsPerMin: 0, chunkSize: 2 };

describe('Retry-After, in virtual time', () => {
  it.each(Object.entries(asked))('as %s is waited for, and a jitter longer', (what, make) => {
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const choices = new Choices(seed, `${what} ${repetition}`);
      const jitterMs = choices.whole(0, 511);
      const senderMs = Date.UTC(2026, 10, 20, 22) + choices.whole(-(10 ** 6), 10 ** 6) * 1000; // the host's may be another
      const [header, waitMs = 0] = make(choices, senderMs);
      marbles(({ expectObservable }) => {
        const platform = fakePlatform({
          replies: { send: [{ fail: refused({ 'retry-after': header, date: new Date(senderMs).toUTCString() }) }, {}] },
          retry: { baseMs: 512, random: () => jitterMs / 512 },
        });
        const delivered$ = of(grayFrame()).pipe(
          rheedSink(platform, options),
          filter(({ type }) => type === 'delivered'),
          map(() => 'd'),
        );
        expectObservable(delivered$.pipe(take(1))).toBe(`${waitMs + jitterMs}ms (d|)`);
      });
    }
  });

  it('of 10^9 seconds never overflows a timer, also by a sender without a clock', () => {
    marbles(({ expectObservable, cold }) => {
      const platform = fakePlatform({
        replies: { send: [{ fail: refused({ 'retry-after': '1000000000' }) }, {}] },
        retry: { random: () => 0 },
      });
      const delivered$ = of(grayFrame()).pipe(
        rheedSink(platform, options),
        filter(({ type }) => type === 'delivered'),
        map(() => 'd'),
      );
      expectObservable(delivered$.pipe(takeUntil(cold('599999ms x')))).toBe('599999ms |');
    });
  });
});

describe('Retry-After, on the wire', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const close of closing) await close();
  });

  /** The wait that a session tells of. */
  const waitTold = async (phase: 'create' | 'presign' | 'put' | 'end', header: string): Promise<number> => {
    const server = await startFaultServer();
    server.script(phase, [{ type: 'answer', status: 429, headers: { 'retry-after': header } }]);
    const platform = connect({
      endpoint: server.url,
      apiKey: 'key',
      retry: { baseMs: 1, capMs: 1 },
      referenceClock: false,
      spool: false,
    });
    closing.push(() => platform.close({ deadlineMs: 0 }), server.close);
    const waiting$ = platform.events$.pipe(
      filter((event): event is Extract<SessionEvent, { type: 'retrying' }> => event.type === 'retrying'),
    );
    const told = firstValueFrom(waiting$);
    from([grayFrame()])
      .pipe(rheedSink(platform, options))
      .subscribe({ error: () => {} }); // closing loses what is late
    return (await told).inMs;
  };

  it('is read from every call: seconds, a date, what is too much, and what makes no sense', async () => {
    const soon = () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000);
    const waits = await Promise.all([
      waitTold('create', '0.2'),
      waitTold('presign', '7'),
      waitTold('put', '1000000000'),
      waitTold('end', '-5'),
      waitTold('create', 'soon'),
      waitTold('presign', ''),
      waitTold('put', soon().toUTCString()),
      waitTold('end', asctime(soon())),
    ]);
    const [fraction, seconds, tooMuch, negative, garbage, blank, ...dates] = waits;
    expect([fraction, seconds, tooMuch, negative, garbage, blank].map((ms) => ms && Math.trunc(ms / 10) * 10)).toEqual([
      200, 7_000, 600_000, 0, 0, 0,
    ]);
    for (const ms of dates) {
      expect(ms).toBeGreaterThan(45_000); // a busy computer may take a while to send it
      expect(ms).toBeLessThanOrEqual(62_000);
    }
  });

  it.each(['UTC', 'America/Los_Angeles', 'Asia/Kathmandu'])('is GMT also to a computer in %s', (TZ) => {
    const program = `
      import { retryAfterMs } from ${JSON.stringify(new URL('../../dist/ingest/retryAfter.js', import.meta.url).href)};
      const now = Date.UTC(2026, 10, 20, 12);
      console.log(['Fri Nov 20 12:00:09 2026', 'Fri, 20 Nov 2026 12:00:09 GMT'].map((date) => retryAfterMs(date, now)).join());`;
    const env = { ...process.env, TZ };
    const told = execFileSync(process.execPath, ['--input-type=module', '-e', program], { env, encoding: 'utf8' });
    expect(told.trim()).toBe('9000,9000');
  });
});
