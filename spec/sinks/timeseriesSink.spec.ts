import { describe, expect, it } from '@jest/globals';
import { EMPTY, filter, from, lastValueFrom, map, type Observable, of, skip } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import type { AlignedRow } from '../../src/model/alignedRow.js';
import { IncompleteSessionError, InputError, PlatformClosedError } from '../../src/model/errors.js';
import type { Sample } from '../../src/model/sample.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import type { TimeseriesOptions } from '../../src/model/timeseriesOptions.js';
import { timeseriesSink } from '../../src/sinks/timeseriesSink.js';
import { type FakePlatform, type FakePlatformOptions, fakePlatform } from '../../src/testing/fakePlatform.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';

const opening = ['resolve', 'create', 'link'];
const T0 = 1_700_000_000_000;

/** Samples a to f of T, 100 ms apart, and A to F of p, 50 ms after each. */
const samples: Record<string, Sample> = Object.fromEntries(
  [...'abcdef'].flatMap((name, i) => [
    [name, { channel: 'T', t: T0 + 100 * i, value: 600 + i, units: 'C' }],
    [name.toUpperCase(), { channel: 'p', t: T0 + 100 * i + 50, value: i }],
  ]),
);

interface Life extends RunHelpers {
  readonly platform: FakePlatform;
  /** What is accepted (a), delivered (d), opened and closed, as text. */
  run(source: Observable<Sample | AlignedRow | readonly Sample[] | readonly AlignedRow[]>): Observable<string>;
  check(...calls: string[]): void;
}

const told = (event: SessionEvent): string | undefined => {
  switch (event.type) {
    case 'accepted':
    case 'delivered':
    case 'rejected':
    case 'retried': {
      const { channel = 'rows', index, revision, items } = event.chunk;
      return `${event.type} ${channel}/${index} r${revision} +${items}`;
    }
    case 'gap':
      return `gap ${event.gap.frames} ${event.gap.channel}`;
    case 'opened':
    case 'closed':
      return event.type;
    default:
      return undefined;
  }
};

const life = (
  name: string,
  {
    send = { afterMs: 5 },
    ...options
  }: TimeseriesOptions & { readonly send?: NonNullable<FakePlatformOptions['replies']>['send'] },
  test: (life: Life) => void,
): void => {
  it(name, () => {
    marbles((helpers) => {
      const platform = fakePlatform({
        replies: { create: { afterMs: 2 }, send, end: { afterMs: 2 } },
        retry: { baseMs: 4, maxRetries: 9, random: () => 1 },
        inFlight: 4,
      });
      test({
        ...helpers,
        platform,
        run: (source) =>
          source.pipe(
            timeseriesSink(platform, { pointsPerChunk: 3, flushAfterMs: 1000, ...options }),
            map(told),
            filter((text) => text !== undefined),
          ),
        check: (...calls) => {
          helpers.flush();
          expect(platform.calls).toEqual(calls);
          expect(platform.budget.used).toBe(0);
        },
      });
    });
  });
};

const pointsOf = (platform: FakePlatform, channel: string): readonly (readonly number[])[] =>
  platform.receivedPoints.flatMap(({ channels }) =>
    channels.filter((one) => one.channel === channel).map(({ values }) => values),
  );

describe('the life of a timeseriesSink (three points a chunk, gathered for 250 ms, flushed after 1 s)', () => {
  life('sends a full chunk at once', {}, (r) => {
    const source = r.hot('                 abc--|        ', samples);
    r.expectObservable(r.run(source)).toBe('--(ao)-d-(c|) ', {
      a: 'accepted T/0 r0 +3',
      o: 'opened',
      d: 'delivered T/0 r0 +3',
      c: 'closed',
    });
    r.expectSubscriptions(source.subscriptions).toBe('^----!');
    r.check(...opening, 'send T/0', 'end');
    expect(r.platform.receivedPoints).toMatchObject([
      { channels: [{ channel: 'T', units: 'C', times: [T0, T0 + 100, T0 + 200], values: [600, 601, 602] }] },
    ]);
  });

  life('sends a growing chunk when its points have waited, and again when it is full', {}, (r) => {
    const source = r.hot('                 ab 2s                   c|', samples);
    r.expectObservable(r.run(source)).toBe('--o 247ms a 1004ms d 746ms x 4ms y-(c|)', {
      o: 'opened',
      a: 'accepted T/0 r0 +2',
      d: 'delivered T/0 r0 +2',
      x: 'accepted T/0 r1 +1',
      y: 'delivered T/0 r1 +1',
      c: 'closed',
    });
    r.check(...opening, 'send T/0', 'send T/0', 'end');
    expect(pointsOf(r.platform, 'T')).toEqual([
      [600, 601],
      [600, 601, 602],
    ]);
  });

  life('sends what is left when the source is over', {}, (r) => {
    const source = r.hot('                 ab--|         ', samples);
    r.expectObservable(r.run(source)).toBe('--o-a----d-(c|)', {
      o: 'opened',
      a: 'accepted T/0 r0 +2',
      d: 'delivered T/0 r0 +2',
      c: 'closed',
    });
    r.expectSubscriptions(source.subscriptions).toBe('^---!');
    r.check(...opening, 'send T/0', 'end');
  });

  life('counts the chunks of each channel by itself, and journals all channels in one go', {}, (r) => {
    const source = r.hot('                 aAbBcCde 400ms               |', samples);
    r.expectObservable(r.run(source)).toBe('--o-ap---xy 239ms b 162ms z-(c|)', {
      o: 'opened',
      a: 'accepted T/0 r0 +3',
      p: 'accepted p/0 r0 +3',
      x: 'delivered T/0 r0 +3',
      y: 'delivered p/0 r0 +3',
      b: 'accepted T/1 r0 +2',
      z: 'delivered T/1 r0 +2',
      c: 'closed',
    });
    r.check(...opening, 'send T/0', 'send p/0', 'send T/1', 'end');
  });

  life('has one request for a chunk on its way at a time', { flushAfterMs: 300, send: { afterMs: 2000 } }, (r) => {
    const source = r.hot('                 a 599ms b 4s                      |', samples);
    r.expectObservable(r.run(source)).toBe('--o 247ms a 599ms b 1699ms d 1999ms e 52ms (c|)', {
      o: 'opened',
      a: 'accepted T/0 r0 +1',
      b: 'accepted T/0 r1 +1',
      d: 'delivered T/0 r0 +1',
      e: 'delivered T/0 r1 +1',
      c: 'closed',
    });
    r.check(...opening, 'send T/0', 'send T/0', 'end');
  });

  life(
    'sends a refused chunk again with the points that come after it',
    { send: [{ fail: ingestFailure('send', 422) }, { afterMs: 5 }] },
    (r) => {
      const source = r.hot('                 a 1999ms b 2s                                    |', samples);
      r.expectObservable(r.run(source)).toBe('--o 247ms a 999ms x 999ms b 999ms n 4ms d 747ms (c|)', {
        o: 'opened',
        a: 'accepted T/0 r0 +1',
        x: 'rejected T/0 r0 +1',
        b: 'accepted T/0 r1 +1',
        n: 'retried T/0 r0 +1',
        d: 'delivered T/0 r1 +2',
        c: 'closed',
      });
      r.check(...opening, 'send T/0', 'send T/0', 'end');
      expect(pointsOf(r.platform, 'T')).toEqual([[600, 601]]);
    },
  );

  life('names a refused chunk that nothing came after', { send: { fail: ingestFailure('send', 422) } }, (r) => {
    let error: unknown;
    r.run(r.hot('ab|', samples)).subscribe({ error: (e: unknown) => (error = e) });
    r.check(...opening, 'send T/0', 'end');
    expect(error).toBeInstanceOf(IncompleteSessionError);
    expect((error as IncompleteSessionError).context.report).toMatchObject({
      kind: 'timeseries',
      offered: 2,
      delivered: 0,
      rejected: 2,
      deadLetters: [{ chunk: { channel: 'T', index: 0, items: 2 } }],
    });
  });

  life(
    'repeats a chunk that the platform had no time for',
    { send: [{ fail: ingestFailure('send', 503) }, { afterMs: 5 }] },
    (r) => {
      const source = r.hot('                 abc-----------|        ', samples);
      r.expectObservable(r.run(source)).toBe('--(ao)-----d----(c|)', {
        a: 'accepted T/0 r0 +3',
        o: 'opened',
        d: 'delivered T/0 r0 +3',
        c: 'closed',
      });
      r.check(...opening, 'send T/0', 'send T/0', 'end');
    },
  );

  life('delivers in the background what was taken when its subscriber left', {}, (r) => {
    const source = r.hot('                      ab-c--|', samples);
    r.expectObservable(r.run(source), '     --!    ').toBe('--');
    r.expectSubscriptions(source.subscriptions).toBe('^-!');
    r.expectObservable(r.platform.idle$.pipe(skip(1))).toBe('9ms i', { i: undefined });
    r.check(...opening, 'send T/0', 'end');
    expect(pointsOf(r.platform, 'T')).toEqual([[600, 601]]);
  });

  life('delivers what came before an error of the source, then errs the same', {}, (r) => {
    const source = r.hot('                 ab--#         ', samples, 'cable pulled');
    r.expectObservable(r.run(source)).toBe(
      '--o-a----d-(c#)',
      { o: 'opened', a: 'accepted T/0 r0 +2', d: 'delivered T/0 r0 +2', c: 'closed' },
      'cable pulled',
    );
    r.check(...opening, 'send T/0', 'end');
  });

  life('opens and ends an empty stream for an empty source, and nothing for one that failed first', {}, (r) => {
    r.expectObservable(r.run(r.cold('|'))).toBe('       --o-(c|)', { o: 'opened', c: 'closed' });
    r.expectObservable(r.run(r.cold('#'))).toBe('       #');
    r.check(...opening, 'end');
  });

  life('counts what it drops out of order, when asked to', { onDisorder: 'drop' }, (r) => {
    const source = r.hot('                 ba--cd---|      ', samples);
    r.expectObservable(r.run(source)).toBe('--o-ga----d-(c|)', {
      o: 'opened',
      g: 'gap 1 T',
      a: 'accepted T/0 r0 +3',
      d: 'delivered T/0 r0 +3',
      c: 'closed',
    });
    r.check(...opening, 'send T/0', 'end');
    expect(pointsOf(r.platform, 'T')).toEqual([[601, 602, 603]]);
  });
});

const rows = (...values: readonly Record<string, number>[]): AlignedRow[] =>
  values.map((row, i) => ({ t: T0 + 100 * i, values: row, units: { T: 'C' } }));

const taken = async (source: readonly (Sample | AlignedRow)[], options: TimeseriesOptions = {}) => {
  const platform = fakePlatform();
  let error: unknown;
  const events: SessionEvent[] = [];
  await from(source as Sample[])
    .pipe(timeseriesSink(platform, options))
    .forEach((event) => void events.push(event))
    .catch((e: unknown) => {
      error = e;
    });
  return { platform, events, error };
};

describe('what a timeseriesSink takes', () => {
  it('is rows, too: their channels share a chunk', async () => {
    const { platform } = await taken(rows({ T: 1, p: 2 }, { T: Number.NaN, p: 3 }, { T: 4, p: 5 }), {
      pointsPerChunk: 2,
    });
    expect(platform.calls).toEqual([...opening, 'send 0', 'send 1', 'end']);
    const times = [T0, T0 + 100];
    expect(platform.receivedPoints.map(({ chunk, channels }) => ({ chunk, channels }))).toEqual([
      {
        chunk: { index: 0, revision: 0, items: 2 },
        channels: [
          { channel: 'T', units: 'C', times, values: [1, Number.NaN] },
          { channel: 'p', times, values: [2, 3] },
        ],
      },
      {
        chunk: { index: 1, revision: 0, items: 1 },
        channels: [
          { channel: 'T', units: 'C', times: [T0 + 200], values: [4] },
          { channel: 'p', times: [T0 + 200], values: [5] },
        ],
      },
    ]);
  });

  it('is arrays of them as well', async () => {
    const platform = fakePlatform();
    const pairs = from([
      [samples.a, samples.A],
      [samples.b, samples.B],
    ] as Sample[][]);
    const last = await lastValueFrom(pairs.pipe(timeseriesSink(platform, { pointsPerChunk: 2 })));
    expect(last).toMatchObject({ type: 'closed', report: { offered: 4, delivered: 4 } });
  });

  it('keeps what an instrument said instead of a value in a channel beside its own', async () => {
    const over = { ...samples.b, value: Number.NaN, flag: 'over-range', raw: 9.9e9 } as Sample;
    const { platform } = await taken([samples.a as Sample, over, samples.c as Sample]);
    expect(platform.receivedPoints.flatMap(({ channels }) => channels)).toEqual([
      { channel: 'T', units: 'C', times: [T0, T0 + 100, T0 + 200], values: [600, Number.NaN, 602] },
      { channel: 'T.over-range', units: 'C', times: [T0 + 100], values: [9.9e9] },
    ]);
  });

  it('keeps the times of a log as they are, and says when a chunk began by which clock', async () => {
    const clock = { offsetMs: 7, uncertaintyMs: 1, takenAt: 0 };
    const platform = fakePlatform({ clock$: of(clock) });
    const [a, b] = [samples.a, samples.b] as Sample[];
    const logged = { ...b, channel: 'log', timeBase: 'recorded' } as Sample;
    await lastValueFrom(from([a as Sample, logged]).pipe(timeseriesSink(platform)));
    expect(platform.receivedPoints.map(({ time }) => time)).toEqual([
      { startMs: T0, timeBase: 'host', clock },
      { startMs: T0 + 100, timeBase: 'recorded' },
    ]);
  });

  const [a, b] = [samples.a, samples.b] as [Sample, Sample];
  const [row, other] = rows({ T: 1 }, { p: 1 }) as [AlignedRow, AlignedRow];
  it.each<[string, (Sample | AlignedRow)[], RegExp]>([
    ['a time before the last', [b, a], /t must be after the last of channel T/],
    ['a time that is there', [a, a], /is there already/],
    ['rows that do not rise', [row, row], /must be after the last row/],
    ['other units', [a, { ...b, units: 'K' }], /units must stay C/],
    ['another clock', [a, { ...b, timeBase: 'recorded' }], /timeBase must stay 'host'/],
    ['samples among rows', [row, a], /sample cannot be mixed with rows/],
    ['rows among samples', [a, row], /row cannot be mixed with samples/],
    ['a row of other channels', [row, { ...other, t: T0 + 100 }], /values must have the channels of the first row: T/],
    ['seconds', [a, { ...b, t: 1_700_000_001 }], /these look like seconds/],
  ])('refuses %s after delivering what came before', async (_, items, message) => {
    const { platform, error, events } = await taken(items);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toMatch(message);
    expect(events.at(-1)).toMatchObject({ type: 'closed', report: { outcome: 'failed', offered: 1, delivered: 1 } });
    expect(platform.receivedPoints).toHaveLength(1);
  });

  it.each<[string, unknown, string]>([
    ['NaN for a time', { ...a, t: Number.NaN }, 't'],
    ['a time before 1970', { ...a, t: -1 }, 't'],
    ['a blank channel', { ...a, channel: ' ' }, 'channel'],
    ['a text for a value', { ...a, value: '7' }, 'value'],
    ['a number for units', { ...a, units: 7 }, 'units'],
    ['an unknown clock', { ...a, timeBase: 'utc' }, 'timeBase'],
    ['a text for what was said', { ...a, flag: 'over-range', raw: '9.9E9' }, 'raw'],
    ['a number that was said, and no reason', { ...a, raw: 9.9e9 }, 'raw'],
    ['an unknown reason', { ...a, flag: 'broken', raw: 9.9e9 }, 'flag'],
    ['a row of nothing', { t: T0, values: {} }, 'values'],
    ['a row of null', { t: T0, values: null }, 'values'],
    ['a row with a text', { t: T0, values: { T: '7' } }, 'value'],
    ['nothing', undefined, 'sample'],
  ])('refuses %s before anything is opened', async (_, item, field) => {
    const { platform, error } = await taken([item as Sample]);
    expect(error).toMatchObject({ _tag: 'InputError', context: { field } });
    expect(platform.calls).toEqual([]);
  });

  it('is refused by a platform that is closed, and with options that break a rule', async () => {
    const platform = fakePlatform();
    expect(() => timeseriesSink(platform, { pointsPerChunk: 0 })).toThrow(InputError);
    await platform.close();
    await expect(lastValueFrom(EMPTY.pipe(timeseriesSink(platform)))).rejects.toBeInstanceOf(PlatformClosedError);
  });

  it('charges the budget until the platform has it', () => {
    marbles(({ hot, flush }) => {
      const platform = fakePlatform({ replies: { send: { afterMs: 10_000 } } });
      const used: number[] = [];
      hot('abc 4s |', samples)
        .pipe(timeseriesSink(platform, { pointsPerChunk: 3 }))
        .subscribe();
      hot('10ms x 9999ms y').subscribe(() => used.push(platform.budget.used));
      flush();
      expect(used).toEqual([expect.any(Number), 0]);
      expect(used[0]).toBeGreaterThan(40);
    });
  });
});

describe('a stream of channels that the platform closes in mid-run', () => {
  const many = [...'abA'.split(''), 'c', 'B', 'C', 'd'].map((name) => samples[name] as Sample);
  const replies = { send: [{}, {}, {}, { fail: ingestFailure('send', 410) }, {}] };

  it('is continued by another, in which each channel begins at 0', async () => {
    const platform = fakePlatform({ replies, inFlight: 1 });
    const events: SessionEvent[] = [];
    await from(many)
      .pipe(timeseriesSink(platform, { pointsPerChunk: 1 }))
      .forEach((event) => void events.push(event));
    const placed = platform.receivedPoints.map(({ dataId, chunk }) => `${dataId} ${chunk.channel}/${chunk.index}`);
    expect(placed).toEqual([
      'stream-1 T/0',
      'stream-1 T/1',
      'stream-1 p/0',
      'stream-2 T/0',
      'stream-2 p/0',
      'stream-2 p/1',
      'stream-2 T/1',
    ]);
    const delivered = events.flatMap((event) =>
      event.type === 'delivered' ? `${event.chunk.channel}/${event.chunk.index} as ${event.as}` : [],
    );
    expect(delivered.slice(3)).toEqual(['T/2 as 0', 'p/1 as 0', 'p/2 as 1', 'T/3 as 1']);
    expect(events.at(-1)).toMatchObject({
      type: 'closed',
      report: { delivered: 7, streams: ['stream-1', 'stream-2'] },
    });
  });

  it('is left closed when asked to', async () => {
    const platform = fakePlatform({ replies, inFlight: 1 });
    const life$ = from(many).pipe(timeseriesSink(platform, { pointsPerChunk: 1, onClosed: 'keep' }));
    await expect(lastValueFrom(life$)).rejects.toBeInstanceOf(IncompleteSessionError);
    expect(platform.calls.filter((call) => call === 'create')).toHaveLength(1);
  });
});
