import { describe, expect, it } from '@jest/globals';
import { asyncScheduler, concat, defer, map, NEVER, type Observable, of, tap, throwError } from 'rxjs';
import { type Platform, rooms } from '../../src/delivery/platform.js';
import { platformOf } from '../../src/delivery/platformOf.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { type FakePlatformOptions, fakePlatform } from '../../src/testing/fakePlatform.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';
import { inlineShardEncoder } from '../../src/zarr/inlineShardEncoder.js';
import { row } from '../sinks/sinkRow.js';

const opening = ['resolve', 'create', 'link'];
const asked = { fps: 0.5, rotationsPerMin: 0, chunkSize: 1, streamName: 'Growth run 42' };

/** Frames a, b, c of a hot or cold source into a platform; every event is kept with its moment. */
const session = (platform: Platform, source: Observable<unknown>, options = {}) => {
  const events: SessionEvent[] = [];
  let error: unknown;
  source
    .pipe(
      map(() => grayFrame()),
      rheedSink(platform, { ...asked, ...options }),
    )
    .subscribe({ next: (event) => events.push(event), error: (e: unknown) => (error = e) });
  const told = (...types: SessionEvent['type'][]) =>
    events.filter(({ type }) => types.includes(type)).map(({ type, at }) => `${at} ${type}`);
  return { events, told, error: () => error as { _tag: string; context: Record<string, unknown> } };
};
const platformWith = (options: FakePlatformOptions) =>
  fakePlatform({ ...options, retry: { baseMs: 4, random: () => 1, ...options.retry } });

describe('an outage', () => {
  row(
    'holds the others back while one probes, then all go on',
    {
      send: [
        { afterMs: 1, fail: ingestFailure('send', 'network') },
        { afterMs: 1, fail: ingestFailure('send', 'network') },
        { afterMs: 3, fail: ingestFailure('send', 'network') },
        { afterMs: 2 },
      ],
      maxRetries: 9,
    },
    (r) => {
      // Both fail at 3 and wait until 7; then 0 probes alone until 10, and 1 after it until 12, which opens the way for 0's wait until 18.
      const source = r.hot('                     ab|', r.frames);
      r.expectObservable(r.run(source)).toBe('   --o 9ms 1 7ms 0-(c|)');
      r.check(...opening, 'send 0', 'send 1', 'send 0', 'send 1', 'send 0', 'end');
    },
  );

  row(
    'is none any more once a chunk is refused: the platform has answered',
    {
      inFlight: 3,
      send: [
        { afterMs: 1, fail: ingestFailure('send', 'network') },
        { afterMs: 2, fail: ingestFailure('send', 422) },
        { afterMs: 3, fail: ingestFailure('send', 422) },
        { afterMs: 20 },
        { afterMs: 1 },
      ],
      maxRetries: 9,
    },
    (r) => {
      // 0 fails at 3; 1 and 2 are refused at 4 and 5, so 3 and 4 go at once, beside each other, and 0 at 7.
      const source = r.hot('                     abcde|', r.frames);
      r.expectObservable(r.run(source)).toBe('   --o---4-0 15ms 3-(c#)', undefined, 'incomplete:stream-1');
    },
  );

  it('of many streams does not end in a storm: beyond a burst, retries go one by one', () => {
    marbles(({ hot, flush }) => {
      const at: number[] = [];
      const send = defer(() => {
        at.push(asyncScheduler.now());
        return at.length > 30 ? of(0) : throwError(() => ingestFailure('send', 429));
      });
      const platform = fakePlatform({ replies: { send }, inFlight: 30, retry: { baseMs: 100, random: () => 0 } });
      session(platform, hot('(abcdefghijklmnopqrstuvwxyzABCD|)'));
      flush();
      const retries = at.filter((ms) => ms > 0);
      expect(retries.filter((ms) => ms <= 20).length).toBeLessThanOrEqual(21);
      expect(Math.max(...retries)).toBeGreaterThan(1000);
    });
  });

  it('is told as retries, with the wait and the problem', () => {
    marbles(({ hot, flush }) => {
      const platform = platformWith({
        replies: { send: [{ fail: ingestFailure('send', 503) }, {}] },
      });
      const { events } = session(platform, hot('a|'));
      flush();
      expect(events.find(({ type }) => type === 'retrying')).toMatchObject({
        step: 'send',
        inMs: 4,
        problem: { status: 503, message: 'send: answered 503' },
      });
    });
  });

  it('waits as long as a Retry-After says, and the jitter on top', () => {
    marbles(({ hot, flush }) => {
      const fail = ingestFailure('send', 429, { retryAfterMs: 7000 });
      const { told } = session(platformWith({ replies: { send: [{ fail }, {}] } }), hot('a|'));
      flush();
      expect(told('delivered')).toEqual(['7004 delivered']);
    });
  });

  it("is none when the end answers 503: another session's chunks go on meanwhile", () => {
    marbles(({ hot, cold, flush }) => {
      const platform = platformWith({
        replies: { end: [{ fail: ingestFailure('end', 503) }, { fail: ingestFailure('end', 503) }, {}] },
      });
      const first = session(platform, cold('a|'));
      const second = session(platform, hot('---a-----|'));
      flush();
      expect(second.told('delivered')).toEqual(['3 delivered']);
      expect(first.told('closed')).toEqual(['13 closed']);
    });
  });

  it('of 4 hours loses nothing', () => {
    marbles(({ hot, cold, flush }) => {
      let isUp = true;
      cold('10ms d 14399989ms u').subscribe((mark) => {
        isUp = mark === 'u';
      });
      const platform = fakePlatform({
        replies: {
          send: of(0).pipe(
            tap(() => {
              if (!isUp) throw ingestFailure('send', 'network');
            }),
          ),
        },
      });
      const { told } = session(platform, hot('a 20ms b 3600s c 3600s d|'));
      flush();
      expect(told('delivered')).toHaveLength(4);
      expect(told('closed')).toHaveLength(1);
      const attempts = platform.calls.filter((call) => call.startsWith('send')).length;
      expect(attempts).toBeLessThan((4 * 3600 * 2) / 30 + 40); // two chunks on their way, an attempt each in 30 s
    });
  });
});

describe('a key that is refused', () => {
  it('pauses every session, is told, and resumes where it was', () => {
    marbles(({ hot, flush }) => {
      const refused = { fail: ingestFailure('presign', 401) };
      const platform = platformWith({ replies: { send: [{}, refused, refused, {}] } });
      const one = session(platform, hot('a-b-----|'));
      const other = session(platform, hot('--------------c|'));
      flush();
      expect(one.told('paused', 'resumed', 'delivered', 'closed')).toEqual([
        '0 delivered',
        '2 paused',
        '14 resumed',
        '14 delivered',
        '14 closed',
      ]);
      expect(other.events.filter(({ type }) => type === 'paused' || type === 'resumed')).toEqual([]);
      expect(other.told('delivered')).toEqual(['14 delivered']);
    });
  });

  it('is an error at once when it is a constant that has never worked', () => {
    const platform = fakePlatform({ replies: { create: { fail: ingestFailure('create', 401) } } });
    const { error } = session(platform, concat(of(1), NEVER));
    expect(error()._tag).toBe('SessionFailedError');
    expect(error().context).toMatchObject({ phase: 'open', problem: { status: 401 } });
  });

  it('is waited for when it is a function, which may answer another next time', () => {
    marbles(({ hot, flush }) => {
      const platform = platformWith({
        keyMayChange: true,
        replies: { create: [{ fail: ingestFailure('create', 401) }, {}] },
      });
      const { told } = session(platform, hot('a|'));
      flush();
      expect(told('paused', 'resumed', 'closed')).toEqual(['0 paused', '4 resumed', '4 closed']);
    });
  });

  it('without the right (403) pauses its session alone', () => {
    marbles(({ hot, flush }) => {
      const platform = platformWith({ replies: { send: [{}, { fail: ingestFailure('presign', 403) }, {}] } });
      const one = session(platform, hot('a-b|'));
      const other = session(platform, hot('----c|'));
      flush();
      expect(one.told('paused', 'resumed', 'delivered')).toEqual([
        '0 delivered',
        '2 paused',
        '6 resumed',
        '6 delivered',
      ]);
      expect(other.told('paused', 'resumed', 'delivered')).toEqual(['4 delivered']);
    });
  });
});

describe('a session that is forbidden', () => {
  row(
    'asks again one chunk at a time',
    {
      send: [
        { afterMs: 1, fail: ingestFailure('presign', 403) },
        { afterMs: 1, fail: ingestFailure('presign', 403) },
        { afterMs: 6, fail: ingestFailure('presign', 403) },
        { afterMs: 1 },
      ],
      maxRetries: 9,
    },
    (r) => {
      // Forbidden at 3, both wait until 7; 0 asks alone until 13, then 1, which may.
      const source = r.hot('                     ab|', r.frames);
      r.expectObservable(r.run(source)).toBe('   --o-----------1-------0-(c|)');
    },
  );
});

describe('a stream that the platform closes in mid-run', () => {
  const gone = { afterMs: 1, fail: ingestFailure('presign', 410) };

  it('has one continuation, which takes the rest under indexes of its own', () => {
    marbles(({ hot, flush }) => {
      const platform = platformWith({ replies: { send: [{ afterMs: 1 }, gone, gone, { afterMs: 1 }] } });
      const { events } = session(platform, hot('a--(bc)d|'));
      flush();
      const opened = events.filter((event) => event.type === 'opened');
      expect(opened).toMatchObject([{ dataId: 'stream-1' }, { dataId: 'stream-2', continues: 'stream-1' }]);
      expect(platform.received.map(({ dataId, chunk }) => `${dataId} ${chunk.index}`)).toEqual([
        'stream-1 0',
        'stream-2 0',
        'stream-2 1',
        'stream-2 2',
      ]);
      expect(events.filter((event) => event.type === 'delivered')).toMatchObject([
        { chunk: { index: 0 }, to: 'stream-1', as: 0 },
        { chunk: { index: 1 }, to: 'stream-2', as: 0 },
        { chunk: { index: 2 }, to: 'stream-2', as: 1 },
        { chunk: { index: 3 }, to: 'stream-2', as: 2 },
      ]);
      expect(platform.calls.filter((call) => call === 'create')).toHaveLength(2);
      expect(platform.calls.filter((call) => call === 'end')).toHaveLength(1);
      expect(events.at(-1)).toMatchObject({
        type: 'closed',
        report: { streams: ['stream-1', 'stream-2'], delivered: 4 },
      });
    });
  });

  it('has no second continuation before the first has received a chunk', () => {
    marbles(({ hot, flush }) => {
      const platform = platformWith({ replies: { send: gone } });
      const { events, error } = session(platform, hot('a-----b-|'));
      flush();
      expect(platform.calls.filter((call) => call === 'create')).toHaveLength(2);
      expect(events.at(-1)).toMatchObject({ type: 'gaveUp', phase: 'deliver', report: { lost: 1, kept: 0 } });
      expect(error()._tag).toBe('IncompleteSessionError');
    });
  });

  it('is not continued when asked to keep: what is left is lost, and named', () => {
    marbles(({ hot, flush }) => {
      const platform = platformWith({ replies: { send: [{}, gone] } });
      const { events, error } = session(platform, hot('a--b---|'), { onClosed: 'keep' });
      flush();
      expect(platform.calls.filter((call) => call === 'create')).toHaveLength(1);
      expect(events.filter(({ type }) => type === 'lost')).toMatchObject([
        { chunk: { index: 1 }, problem: { status: 410 } },
      ]);
      expect(error().context).toMatchObject({ report: { offered: 2, delivered: 1, lost: 1 } });
    });
  });

  row(
    'counts as ended when it is closed before its end',
    { end: { afterMs: 1, fail: ingestFailure('end', 404) } },
    (r) => {
      r.expectObservable(r.run(r.hot('a|', r.frames))).toBe('--o--0(c|)');
    },
  );
});

describe('opening', () => {
  it('waits for the first reading of the reference clock, but no longer than 5 s', () => {
    marbles(({ cold, hot, flush }) => {
      const reading = { offsetMs: 3, uncertaintyMs: 1, takenAt: 0 };
      const measured = platformWith({ clock$: cold('20ms r', { r: reading }) });
      const mute = platformWith({ clock$: NEVER });
      const opened = [session(measured, hot('a 30ms b|')), session(mute, hot('a 30ms b|'))];
      flush();
      expect(opened.map(({ told }) => told('opened'))).toEqual([['20 opened'], ['5000 opened']]);
      expect(measured.received.map(({ time }) => time.clock)).toEqual([undefined, reading]);
    });
  });

  it('gives up after a minute, naming the last failure, and what was accepted is lost', () => {
    marbles(({ hot, flush }) => {
      const platform = fakePlatform({
        replies: { create: { fail: ingestFailure('create', 'network', { reached: false }) } },
      });
      const { error, told } = session(platform, hot('abc'));
      flush();
      expect(told('gaveUp')).toEqual(['60000 gaveUp']);
      expect(error().context).toMatchObject({
        phase: 'open',
        problem: { message: 'not opened in 60000 ms; the last failure: create: failed in network' },
        report: { offered: 3, lost: 3, orphans: [], outcome: 'failed' },
      });
    });
  });

  it('counts the frames of a chunk that was still being filled as lost when it fails', () => {
    marbles(({ hot, flush }) => {
      const platform = fakePlatform({ replies: { create: { afterMs: 5, fail: ingestFailure('create', 422) } } });
      const { error } = session(platform, hot('abcde------f'), { fps: 1, chunkSize: 3 });
      flush();
      expect(error().context).toMatchObject({ phase: 'open', report: { offered: 5, lost: 5, kept: 0 } });
      expect(platform.budget.used).toBe(0);
    });
  });

  it('names a stream that a lost reply may have left behind', () => {
    const platform = fakePlatform({
      replies: { create: [{ fail: ingestFailure('create', 'reply') }, {}] },
      retry: { baseMs: 1 },
    });
    marbles(({ hot, flush }) => {
      const { events } = session(platform, hot('a|'));
      flush();
      expect(events.at(-1)).toMatchObject({ type: 'closed', report: { orphans: ['Growth run 42'], delivered: 1 } });
    });
  });

  it('creates nothing when a link does not resolve', () => {
    const platform = fakePlatform({ replies: { resolve: { fail: ingestFailure('resolve', 404) } } });
    const { error } = session(platform, concat(of(1), NEVER), { physicalSample: 'GaN-001' });
    expect(platform.calls).toEqual(['resolve']);
    expect(error().context).toMatchObject({ phase: 'open', problem: { status: 404 }, report: { streams: [] } });
  });

  it('ends a stream whose links are refused, and the error names it', () => {
    const platform = fakePlatform({ replies: { link: { fail: ingestFailure('link', 422) } } });
    const { error } = session(platform, concat(of(1), NEVER));
    expect(platform.calls).toEqual([...opening, 'end']);
    expect(error().context).toMatchObject({
      problem: { message: 'link: answered 422; stream stream-1 had been created, and was ended' },
    });
  });
});

describe('closing a platform', () => {
  it('gives up at the deadline: what is undelivered is lost, and the reports say so', async () => {
    let reports: unknown;
    marbles(({ hot, cold, flush }) => {
      const platform = fakePlatform({ replies: { send: [{}, NEVER] } });
      const { events, error } = session(platform, hot('abc'));
      cold('10ms x').subscribe(() => {
        reports = platform.close({ deadlineMs: 50 });
      });
      flush();
      expect(events.at(-1)).toMatchObject({
        type: 'gaveUp',
        phase: 'deliver',
        at: 60,
        report: { delivered: 1, lost: 2 },
      });
      expect(error()._tag).toBe('IncompleteSessionError');
      expect(platform.budget.used).toBe(0);
    });
    expect(await reports).toMatchObject([{ offered: 3, delivered: 1, lost: 2, outcome: 'cancelled', ended: false }]);
  });

  it('ends nothing at the deadline while a chunk is still being encoded: it is lost, and named', () => {
    marbles(({ hot, cold, flush }) => {
      const shard = inlineShardEncoder();
      const stuck = { ...shard, begin: (shape: never) => Object.assign(shard.begin(shape), { finish: () => NEVER }) };
      const ingest = fakePlatform()[rooms].ingest;
      const platform = platformOf({ ...fakePlatform()[rooms], encoder: stuck, ingest });
      const { events, error } = session(platform, hot('a'));
      cold('5ms x').subscribe(() => void platform.close({ deadlineMs: 10 }));
      flush();
      expect(events.map(({ type }) => type)).toEqual([
        'asked',
        'intent',
        'created',
        'opened',
        'accepted',
        'ending',
        'lost',
        'gaveUp',
      ]);
      expect(error().context).toMatchObject({ report: { offered: 1, lost: 1, ended: false } });
    });
  });

  it('resolves with a report of each open session, and completes events$ and status$', async () => {
    const platform = fakePlatform();
    const done: string[] = [];
    platform.events$.subscribe({ complete: () => done.push('events$') });
    platform.status$.subscribe({ complete: () => done.push('status$') });
    session(platform, concat(of(1, 2), NEVER));
    const reports = await platform.close();
    expect(reports).toMatchObject([{ offered: 2, delivered: 2, ended: true, outcome: 'cancelled' }]);
    expect(done.sort()).toEqual(['events$', 'status$']);
    expect(await platform.close()).toBe(reports);
  });

  it('rejects as it is disposed of when a session is incomplete', async () => {
    const platform = fakePlatform({ replies: { send: { fail: ingestFailure('send', 422) } } });
    session(platform, concat(of(1), NEVER));
    await expect(platform[Symbol.asyncDispose]()).rejects.toMatchObject({ _tag: 'IncompleteSessionError' });
  });
});
