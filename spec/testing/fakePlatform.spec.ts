import { describe, expect, it } from '@jest/globals';
import { catchError, concat, map, NEVER, of } from 'rxjs';
import { rooms } from '../../src/delivery/platform.js';
import { Budget } from '../../src/flow/budget.js';
import type { Asked } from '../../src/model/asked.js';
import { encodePoints } from '../../src/model/channelPoints.js';
import type { ChunkTime } from '../../src/model/chunkRef.js';
import type { DataId } from '../../src/model/identifiers.js';
import type { Results } from '../../src/model/results.js';
import type { RheedOptions } from '../../src/model/rheedOptions.js';
import { openRheed } from '../../src/sinks/openRheed.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { type FakePlatform, fakePlatform } from '../../src/testing/fakePlatform.js';
import { frames } from '../../src/testing/frames.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';

const asked: RheedOptions = { fps: 1, rotationsPerMin: 0, chunkSize: 2 };
const askedPoints: Asked = { kind: 'timeseries', options: { pointsPerChunk: 4, flushAfterMs: 10_000 } };
const partsOf = (platform: FakePlatform) => ({ ...platform, ingest: platform[rooms].ingest });
const opening = ['resolve', 'create', 'link'];
const letter = map(({ type }: { type: string }) => type.charAt(0));

describe('fakePlatform', () => {
  it('answers everything at once, and well', () => {
    const platform = fakePlatform();
    const told: string[] = [];
    platform.events$.subscribe(({ type }) => told.push(type));
    of(...frames(3))
      .pipe(rheedSink(platform, { ...asked, fps: 0.5 }))
      .subscribe();
    expect(platform.calls).toEqual([...opening, 'send 0', 'send 1', 'end']);
    expect(told.at(-1)).toBe('closed');
  });

  it('remembers what it was sent: where, which chunk, when, and the frames', () => {
    const platform = fakePlatform();
    const given = frames(2, { startMs: 1000, fps: 1 });
    const session = openRheed(platform, asked);
    session.upload(given);
    session.end();
    expect(platform.received).toEqual([
      {
        dataId: 'stream-1',
        chunk: { index: 0, revision: 0, items: 2 },
        time: { startMs: 1000, timeBase: 'host' },
        frames: given.map(({ data }) => data),
      },
    ]);
  });

  it('names its streams one after another, or as scripted', () => {
    marbles(({ expectObservable }) => {
      const platform = fakePlatform({ replies: { create: [{}, {}, { value: 'of my own' as DataId }] } });
      const dataIds = [1, 2, 3].map(() => openRheed(platform, asked).opened$);
      expectObservable(concat(...dataIds)).toBe('(abc|)', { a: 'stream-1', b: 'stream-2', c: 'of my own' });
    });
  });

  it('takes its time with every call, as scripted', () => {
    marbles(({ expectObservable }) => {
      const platform = fakePlatform({
        replies: {
          resolve: { afterMs: 1 },
          create: { afterMs: 2 },
          link: { afterMs: 3 },
          send: { afterMs: 4 },
          end: { afterMs: 5 },
        },
      });
      const session = openRheed(platform, asked);
      expectObservable(session.upload(frames(2)).pipe(letter)).toBe('a---------(d|)');
      expectObservable(session.opened$).toBe('                        ------(o|)', { o: 'stream-1' });
      expectObservable(session.end().pipe(letter)).toBe('             ei-c--o---(di)-(c|)');
    });
  });

  it('answers call by call, and the rest as the last', () => {
    marbles(({ flush }) => {
      const platform = fakePlatform({
        replies: { send: [{}, { fail: ingestFailure('send', 422) }] },
        retry: { maxRetries: 0 },
      });
      const session = openRheed(platform, asked);
      for (let i = 0; i < 4; i++) session.upload(frames(1));
      flush();
      expect(session.report()).toMatchObject({ offered: 4, delivered: 1, rejected: 3 });
      expect(platform.received.map(({ chunk }) => chunk.index)).toEqual([0]);
    });
  });

  it('answers all calls of a step alike when it is given one answer', () => {
    marbles(({ flush }) => {
      const platform = fakePlatform({ replies: { send: { fail: ingestFailure('send', 422) } } });
      const session = openRheed(platform, asked);
      session.upload(frames(1));
      session.upload(frames(1));
      flush();
      expect(session.report()).toMatchObject({ rejected: 2 });
    });
  });

  it('answers as an Observable says', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const platform = fakePlatform({
        replies: { create: cold('--(x|)', { x: 'stream of x' }), send: cold('---|') },
      });
      const session = openRheed(platform, asked);
      expectObservable(session.opened$).toBe('                   --(o|)', { o: 'stream of x' });
      expectObservable(session.upload(frames(2)).pipe(letter)).toBe('a----(d|)');
      flush();
      expect(platform.received).toHaveLength(1);
    });
  });

  it('tries again after the waits it is given, at their longest', () => {
    marbles(({ expectObservable, flush }) => {
      const platform = fakePlatform({
        replies: { send: [{ fail: ingestFailure('send', 503) }, { fail: ingestFailure('send', 503) }, {}] },
        retry: { baseMs: 3 },
      });
      const session = openRheed(platform, asked);
      expectObservable(session.upload(frames(2)).pipe(letter)).toBe('a--------(d|)');
      flush();
      expect(platform.calls).toEqual([...opening, 'send 0', 'send 0', 'send 0']);
    });
  });

  it('takes two chunks at a time, or as many as it is told', () => {
    marbles(({ expectObservable }) => {
      const times = (inFlight?: number) => {
        const platform = fakePlatform({
          replies: { send: { afterMs: 4 } },
          ...(inFlight === undefined ? {} : { inFlight }),
        });
        const session = openRheed(platform, asked);
        return [1, 2, 3].map(() => session.upload(frames(1)).pipe(letter));
      };
      const drawn = {
        two: ['a---(d|)', 'a---(d|)', 'a-------(d|)'],
        one: ['a---(d|)', 'a-------(d|)', 'a-----------(d|)'],
      };
      times().forEach((events$, i) => expectObservable(events$).toBe(drawn.two[i]!));
      times(1).forEach((events$, i) => expectObservable(events$).toBe(drawn.one[i]!));
    });
  });

  it('gives up opening after openTimeoutMs', () => {
    marbles(({ expectObservable }) => {
      const waiting = openRheed(fakePlatform({ clock$: NEVER, openTimeoutMs: 7 }), asked);
      expectObservable(waiting.events$.pipe(letter)).toBe(' -------(eg|)');
      const creating = openRheed(fakePlatform({ replies: { create: NEVER }, openTimeoutMs: 7 }), asked);
      expectObservable(creating.events$.pipe(letter)).toBe('-------(oeg|)');
    });
  });

  it('names the times of its chunks with the reading of its clock', () => {
    marbles(({ flush }) => {
      const reading = { offsetMs: 40, uncertaintyMs: 1, takenAt: 0 };
      const platform = fakePlatform({ clock$: of(reading) });
      openRheed(platform, asked).upload(frames(2, { startMs: 1000 }));
      flush();
      expect(platform.received[0]?.time).toEqual({ startMs: 1000, timeBase: 'host', clock: reading });
    });
  });

  it('waits for the key to be mended when it may change, and does not otherwise', () => {
    const replies = { create: [{ fail: ingestFailure('create', 401) }, {}] };
    marbles(({ expectObservable }) => {
      const patient = openRheed(fakePlatform({ replies, keyMayChange: true, retry: { baseMs: 5 } }), asked);
      const strict = openRheed(fakePlatform({ replies, retry: { baseMs: 5 } }), asked);
      expectObservable(patient.opened$).toBe('-----(o|)', { o: 'stream-1' });
      expectObservable(strict.opened$.pipe(catchError(({ _tag }) => of(_tag)))).toBe('(e|)', {
        e: 'SessionFailedError',
      });
    });
  });

  it('charges its sessions to the budget it is given, or to one of its own', () => {
    marbles(({ flush }) => {
      const budget = new Budget(1000);
      const [given, own] = [fakePlatform({ budget, replies: { send: NEVER } }), fakePlatform()];
      openRheed(given, asked).upload(frames(2));
      flush();
      expect(given.budget).toBe(budget);
      expect(budget.used).toBeGreaterThan(0);
      expect([own.budget.used, own.budget.bytes]).toEqual([0, 2 ** 30]);
      expect(own.budget).not.toBe(Budget.shared);
    });
  });

  it('says when no session is open or draining', () => {
    marbles(({ cold, expectObservable }) => {
      const platform = fakePlatform({ replies: { end: { afterMs: 3 } } });
      const source = cold('                    --a--|', { a: grayFrame() });
      expectObservable(platform.idle$).toBe('  i-------i', { i: undefined });
      source.pipe(rheedSink(platform, asked)).subscribe();
    });
  });

  it('runs in real time outside of marbles', async () => {
    const platform = fakePlatform({ replies: { create: { afterMs: 1 } } });
    const session = openRheed(platform, asked);
    session.upload(frames(2));
    const [report] = await platform.close();
    expect(report).toMatchObject({ delivered: 2, ended: true });
  });

  it('remembers the points it was sent, and says which of which channel', () => {
    const { ingest, receivedPoints, calls } = partsOf(fakePlatform());
    const points = [{ channel: 'flux', units: 'nA', times: [1000, 2000], values: [3, Number.NaN] }];
    const bytes = encodePoints(points);
    const body = { parts: [bytes], byteLength: bytes.byteLength, dims: [2], release: () => {} };
    const time: ChunkTime = { startMs: 1000, timeBase: 'recorded' };
    const chunk = { index: 4, revision: 1, items: 1 };
    for (const ref of [{ ...chunk, channel: 'flux' }, chunk])
      ingest.send('d' as DataId, askedPoints, ref, time, body).subscribe();
    expect(calls).toEqual(['send flux/4', 'send 4']);
    expect(receivedPoints).toEqual([
      { dataId: 'd', chunk: { ...chunk, channel: 'flux' }, time, channels: points },
      { dataId: 'd', chunk, time, channels: points },
    ]);
  });

  it('has results and a list of streams as scripted, and none otherwise', () => {
    marbles(({ expectObservable, flush }) => {
      const results: Results = { kind: 'timeseries', channels: [] };
      const replies = {
        results: [{}, { value: results, afterMs: 2 }],
        streams: { fail: ingestFailure('streams', 503) },
      };
      const { ingest, calls } = partsOf(fakePlatform({ replies }));
      const ask = () => ingest.results('timeseries', 'd' as DataId);
      expectObservable(ask()).toBe('(n|)', { n: undefined });
      expectObservable(ask()).toBe('--(r|)', { r: results });
      expectObservable(ingest.streams().pipe(catchError(({ _tag }) => of(_tag)))).toBe('(e|)', { e: 'IngestError' });
      expectObservable(partsOf(fakePlatform()).ingest.streams()).toBe('(n|)', { n: undefined });
      flush();
      expect(calls).toEqual(['results', 'results', 'streams']);
    });
  });
});
