import { describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom, lastValueFrom, map, toArray } from 'rxjs';
import { InputError, PlatformClosedError } from '../../src/model/errors.js';
import type { Points } from '../../src/model/timeseriesSession.js';
import { openTimeseries } from '../../src/sinks/openTimeseries.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';

const points = (from: number, count = 2, units?: string): Points => ({
  times: Array.from({ length: count }, (_, i) => 1000 * (from + i)),
  values: Array.from({ length: count }, (_, i) => from + i),
  units,
});

const opened = () => {
  const platform = fakePlatform();
  return { platform, session: openTimeseries(platform, { pointsPerChunk: 3 }) };
};

describe('openTimeseries', () => {
  it('opens at once, and sends each chunk as it is given', () => {
    marbles(({ expectObservable, flush }) => {
      const platform = fakePlatform({ replies: { create: { afterMs: 2 }, send: { afterMs: 3 }, end: { afterMs: 2 } } });
      const session = openTimeseries(platform, { pointsPerChunk: 100 });
      const types = session.upload('T', points(1)).pipe(map(({ type }) => type));
      expectObservable(types).toBe('a----(d|)', { a: 'accepted', d: 'delivered' });
      expectObservable(session.opened$).toBe('--(o|)', { o: 'stream-1' });
      const drawn = { ending: 'e', opened: 'o', delivered: 'd', closed: 'c' } as Record<string, string>;
      const life$ = session.end().pipe(
        map(({ type }) => drawn[type]),
        filter((marble) => marble !== undefined),
      );
      expectObservable(life$).toBe('e-o--d-(c|)');
      flush();
      expect(platform.calls).toEqual(['resolve', 'create', 'link', 'send T/0', 'end']);
    });
  });

  it('numbers the chunks of each channel by itself', async () => {
    const { platform, session } = opened();
    session.upload('T', points(1, 3, 'C'));
    session.upload('p', points(1, 1));
    expect([session.nextIndex('T'), session.nextIndex('p'), session.nextIndex('q')]).toEqual([1, 1, 0]);
    session.upload('T', points(4, 1));
    await lastValueFrom(session.end());
    expect(platform.calls.slice(3)).toEqual(['send T/0', 'send p/0', 'send T/1', 'end']);
    expect(session.report()).toMatchObject({ offered: 5, delivered: 5, outcome: 'complete', ended: true });
    const [, , last] = platform.receivedPoints;
    expect(last?.channels).toEqual([{ channel: 'T', units: 'C', times: [4000], values: [4] }]);
  });

  it('sends several channels as one chunk, at least the next of each', async () => {
    const platform = fakePlatform({ replies: { create: { afterMs: 5 } } });
    const session = openTimeseries(platform, { pointsPerChunk: 3 });
    session.upload('T', points(1));
    const events = lastValueFrom(
      session.uploadMulti(1, { p: points(1, 1), T: points(4), q: points(1, 0) }).pipe(toArray()),
    );
    expect(() => session.uploadMulti(1, { T: points(9) })).toThrow(/index must be a whole number, at least 2/); // the first goes on
    expect(() => session.uploadMulti(1.5, { q: points(9) })).toThrow(InputError);
    expect([session.nextIndex('T'), session.nextIndex('p'), session.nextIndex('q')]).toEqual([2, 2, 0]);
    session.uploadMulti(3, { q: points(1) });
    await lastValueFrom(session.end());
    expect((await events).map(({ type }) => type)).toEqual(['accepted', 'delivered']);
    expect(platform.calls.slice(3)).toEqual(['send T/0', 'send 1', 'send 3', 'end']);
    expect(platform.receivedPoints[1]?.channels).toEqual([
      { channel: 'p', times: [1000], values: [1] },
      { channel: 'T', times: [4000, 5000], values: [4, 5] },
    ]);
    expect(session.report()).toMatchObject({ offered: 6, delivered: 6 });
  });

  it.each<[string, Points, RegExp]>([
    ['no points', points(1, 0), /times must be 1 to 3 points/],
    ['too many points', points(1, 4), /times must be 1 to 3 points/],
    ['more times than values', { ...points(1), values: [1] }, /values must be as many as the times, 2/],
    ['fewer times than values', { times: [1], values: [1, 2] }, /values must be as many as the times, 1/],
    ['unsorted times', { times: [2, 1], values: [1, 2] }, /t must be after the last of channel T/],
    ['a time twice', { times: [2, 2], values: [1, 2] }, /is there already/],
    ['NaN for a time', { times: [1, Number.NaN], values: [1, 2] }, /times must be a finite number/],
    ['a time before 1970', { times: [-1, 2], values: [1, 2] }, /times must not be before 1970/],
    ['seconds', { times: [1_700_000_000], values: [1] }, /look like seconds/],
    ['a text for a value', { times: [1, 2], values: [1, '2' as unknown as number] }, /values must be numbers/],
  ])('takes nothing of a chunk with %s', async (_, given, message) => {
    const { platform, session } = opened();
    expect(() => session.upload('T', given)).toThrow(message);
    expect(() => session.uploadMulti(0, { p: points(1), T: given.times.length > 0 ? given : points(1, 4) })).toThrow(
      InputError,
    );
    expect(session.nextIndex('T') + session.nextIndex('p')).toBe(0);
    session.upload('T', points(1));
    session.upload('p', points(1));
    await lastValueFrom(session.end());
    expect(session.report()).toMatchObject({ offered: 4, delivered: 4 });
    expect(platform.receivedPoints).toHaveLength(2);
  });

  it('says of each chunk by which clock its times are', async () => {
    const { platform, session } = opened();
    session.upload('T', points(1));
    session.upload('T', { ...points(3), timeBase: 'recorded' });
    const two = { T: { ...points(9), timeBase: 'recorded' as const }, p: points(9) };
    expect(() => session.uploadMulti(2, two)).toThrow(/timeBase must be the same for all channels of a chunk/);
    expect(() => session.upload('T', { ...points(9), timeBase: 'utc' as 'host' })).toThrow(
      /timeBase must be 'host' or/,
    );
    await lastValueFrom(session.end());
    expect(platform.receivedPoints.map(({ time }) => time.timeBase)).toEqual(['host', 'recorded']);
  });

  it('keeps a channel in its units and its order', async () => {
    const { session } = opened();
    session.upload('T', points(1, 2, 'C'));
    expect(() => session.upload('T', points(9, 1, 'K'))).toThrow(/units must stay C/);
    expect(() => session.upload('T', points(2))).toThrow(/is there already/);
    expect(() => session.upload(' ', points(9))).toThrow(/channel must be a name/);
    expect(() => session.uploadMulti(5, {})).toThrow(/channels must have at least one channel with points/);
    await lastValueFrom(session.end());
  });

  it('has no more chunks after its end, and none on a platform that is closed', async () => {
    const { platform, session } = opened();
    await lastValueFrom(session.end());
    expect(() => session.upload('T', points(1))).toThrow(/must not have ended/);
    await platform.close();
    expect(() => openTimeseries(platform)).toThrow(PlatformClosedError);
  });

  it('says which chunk was refused', async () => {
    const platform = fakePlatform({ replies: { send: [{ fail: ingestFailure('send', 422) }, {}] }, inFlight: 1 });
    const session = openTimeseries(platform);
    const first = lastValueFrom(session.upload('T', points(1)));
    session.upload('T', points(4));
    expect(await first).toMatchObject({ type: 'rejected', chunk: { channel: 'T', index: 0 } });
    await expect(lastValueFrom(session.end())).rejects.toMatchObject({ _tag: 'IncompleteSessionError' });
    expect(await firstValueFrom(session.opened$)).toBe('stream-1');
  });

  it('keeps its chunks apart in a continuation, those of one channel and those of several', async () => {
    const send = [{}, {}, { fail: ingestFailure('send', 410) }, {}];
    const platform = fakePlatform({ replies: { send }, inFlight: 1 });
    const session = openTimeseries(platform);
    session.upload('a', points(1, 1));
    session.upload('a', points(2, 1));
    session.uploadMulti(2, { a: points(3, 1), b: points(3, 1) });
    session.upload('a', points(4, 1));
    session.uploadMulti(4, { a: points(5, 1), b: points(5, 1) });
    await lastValueFrom(session.end());
    const placed = platform.receivedPoints.flatMap(({ dataId, chunk, channels }) =>
      channels.map(({ channel, values }) => `${dataId} ${channel} ${chunk.index}: ${values}`),
    );
    expect(placed).toEqual([
      'stream-1 a 0: 1',
      'stream-1 a 1: 2',
      'stream-2 a 0: 3',
      'stream-2 b 0: 3',
      'stream-2 a 1: 4',
      'stream-2 a 2: 5',
      'stream-2 b 2: 5',
    ]);
  });
});
