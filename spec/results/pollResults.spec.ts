import { describe, expect, it } from '@jest/globals';
import { map } from 'rxjs';
import { rooms } from '../../src/delivery/platform.js';
import type { DataId, SessionId } from '../../src/model/identifiers.js';
import type { Results } from '../../src/model/results.js';
import { type PollResultsOptions, pollResults } from '../../src/results/pollResults.js';
import { type FakePlatformOptions, fakePlatform } from '../../src/testing/fakePlatform.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';

const dataId = 'stream-1' as DataId;

const at = (value: number): Results => ({
  kind: 'timeseries',
  channels: [{ channel: 'T', relativeTimeSeconds: [0], unixTimestampMs: [1e12], values: [value] }],
});
const values = { a: at(1), b: at(2), c: at(2), d: at(3), n: undefined };
const letters = { a: 1, b: 2, c: 2, d: 3 };

const celsiusOf = (results: Results): number | undefined =>
  results.kind === 'timeseries' ? results.channels[0]?.values[0] : undefined;

type Options = PollResultsOptions<'timeseries'>;
const every5: Options = { kind: 'timeseries', intervalMs: 5 };

/** A platform that answers `results` so; what is emitted, as numbers; and its calls. */
const polled = (
  results: NonNullable<FakePlatformOptions['replies']>['results'] & object,
  options: Options = every5,
) => {
  const warnings: string[] = [];
  const platform = fakePlatform({ replies: { results } });
  Object.assign(platform[rooms], { log: { event: () => {}, warn: (message: string) => warnings.push(message) } });
  const value$ = pollResults(platform, dataId, options).pipe(map((answer) => celsiusOf(answer)));
  return { platform, value$, warnings };
};

describe('pollResults', () => {
  it('emits what the platform answers, one request at a time, at ticks that do not drift', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const a = cold('        a|                   ', values);
      const b = cold('             -------(b|)     ', values);
      const d = cold('                       -(d|) ', values);
      const windows = {
        a: '                  ^!                   ',
        b: '                  -----^------!        ',
        d: '                  ---------------^!    ',
      };
      const expected = '      a-----------b---d----';
      const left = '          -------------------! ';
      expectObservable(polled([a, b, d]).value$, left).toBe(expected, letters);
      expectSubscriptions(a.subscriptions).toBe(windows.a);
      expectSubscriptions(b.subscriptions).toBe(windows.b);
      expectSubscriptions(d.subscriptions).toBe(windows.d);
    });
  });

  it('emits nothing while there is nothing yet', () => {
    marbles(({ expectObservable }) => {
      const { value$ } = polled([{}, {}, { value: values.a }]);
      expectObservable(value$, '12ms !').toBe('10ms a', letters);
    });
  });

  it('ends with the results that it was to wait for', () => {
    marbles(({ expectObservable }) => {
      const { value$ } = polled([{ value: at(1) }, { value: at(3) }], {
        ...every5,
        until: (results) => celsiusOf(results) === 3,
      });
      expectObservable(value$).toBe('a----(d|)', letters);
    });
  });

  it('leaves out what has not changed, and ends with it all the same', () => {
    marbles(({ expectObservable }) => {
      const answers = [at(1), at(2), at(2), at(1), at(1), at(3), at(3)].map((value) => ({ value }));
      const options = { ...every5, distinctBy: celsiusOf, maxPolls: 7 };
      expectObservable(polled(answers, options).value$).toBe('a----b---------a---------d----|', letters);
    });
  });

  it('counts requests, answered or not, the first of them at once or after an interval', () => {
    marbles(({ expectObservable }) => {
      const answers = [{}, { value: at(1) }, { fail: ingestFailure('results', 503) }, { value: at(3) }];
      const late = { ...every5, maxPolls: 3, fireImmediately: false };
      expectObservable(polled(answers, { ...every5, maxPolls: 3 }).value$).toBe('-----a----|', letters);
      expectObservable(polled(answers, late).value$).toBe('         ----------a----|', letters);
    });
  });

  it('jitters its requests', () => {
    marbles(({ expectObservable }) => {
      const { value$ } = polled({ value: at(1) }, { ...every5, jitterMs: 3, maxPolls: 3 });
      expectObservable(value$).toBe('a-------a----(a|)', letters); // the fake platform's waits are the longest
    });
  });

  it('aborts the request under way when it is left', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const slow = cold('-------a', values);
      expectObservable(polled(slow).value$, '---!').toBe('----');
      expectSubscriptions(slow.subscriptions).toBe('^--!');
    });
  });

  it('asks every second for everything, or for so many as it is told', () => {
    const asked: unknown[][] = [];
    marbles(({ expectObservable }) => {
      for (const options of [{ kind: 'rheed' as const }, { kind: 'timeseries' as const, lastN: 5 }]) {
        const platform = fakePlatform();
        const { ingest } = platform[rooms];
        const results = ingest.results.bind(ingest);
        ingest.results = (...args) => {
          asked.push(args);
          return results(...args);
        };
        expectObservable(pollResults(platform, dataId, options), '1500ms !').toBe('-');
      }
    });
    expect(asked).toEqual([
      ['rheed', dataId, undefined],
      ['timeseries', dataId, 5],
      ['rheed', dataId, undefined],
      ['timeseries', dataId, 5],
    ]);
  });
});

describe('pollResults and failures', () => {
  const failures = ([500, 'network', 429] as const).map((what) => ({ fail: ingestFailure('results', what) }));
  const refusal = ingestFailure('results', 403);

  it('goes on after what may pass, and warns once an outage', () => {
    marbles(({ expectObservable, flush }) => {
      const { value$, warnings } = polled([...failures, { value: at(1) }, failures[0]!, { value: at(3) }]);
      expectObservable(value$, '27ms !').toBe('---------------a---------d-', letters);
      flush();
      expect(warnings).toEqual([
        `cannot read the results of stream-1 (${failures[0]!.fail.message}); it goes on asking`,
        `cannot read the results of stream-1 (${failures[0]!.fail.message}); it goes on asking`,
      ]);
    });
  });

  it('ends with a refusal', () => {
    marbles(({ expectObservable }) => {
      expectObservable(polled([{ value: at(1) }, { fail: refusal }]).value$).toBe('a----#', letters, refusal);
    });
  });

  it('goes on after everything when somebody is told', () => {
    marbles(({ expectObservable, flush }) => {
      const told: unknown[] = [];
      const options = { ...every5, onError: (error: unknown) => told.push(error) };
      const { value$, warnings } = polled([{ fail: refusal }, failures[1]!, { value: at(1) }], options);
      expectObservable(value$, '12ms !').toBe('----------a', letters);
      flush();
      expect([told, warnings]).toEqual([[refusal, failures[1]!.fail], []]);
    });
  });

  it('asks again no earlier than the platform wants, and after an answer at the next tick', () => {
    marbles(({ expectObservable }) => {
      const busy = ingestFailure('results', 429, { retryAfterMs: 11 });
      const { value$ } = polled([{ value: at(1) }, { fail: busy }, { value: at(2) }, { value: at(3) }]);
      expectObservable(value$, '27ms !').toBe('a-------------------b----d', letters);
    });
  });

  it('takes a Retry-After of days for ten minutes', () => {
    marbles(({ expectObservable }) => {
      const busy = ingestFailure('results', 429, { retryAfterMs: 86_400_000 });
      expectObservable(polled([{ fail: busy }, { value: at(1) }]).value$, '600001ms !').toBe('600s a', letters);
    });
  });

  it('waits for a key that may change', () => {
    marbles(({ expectObservable }) => {
      const results = [{ fail: ingestFailure('results', 401) }, { value: at(1) }];
      const value$ = pollResults(fakePlatform({ keyMayChange: true, replies: { results } }), dataId, every5).pipe(
        map(celsiusOf),
      );
      expectObservable(value$, '7ms !').toBe('-----a', letters);
    });
  });
});

describe('pollResults and its platform', () => {
  const stream = { dataId, name: 'growth', kind: 'timeseries', state: 'open', createdAt: 0 };
  const other = { ...stream, dataId: 'stream-0', kind: 'rheed' };

  it('completes when the platform is closed, and is refused afterwards', () => {
    const { platform, value$ } = polled({ value: at(1) });
    const seen: unknown[] = [];
    value$.subscribe({ complete: () => seen.push('complete') });
    void platform.close();
    value$.subscribe({ error: ({ _tag }) => seen.push(_tag) });
    expect(seen).toEqual(['complete', 'PlatformClosedError']);
  });

  it('asks once what the stream is of, when it is not told, and again only after a failure', () => {
    marbles(({ expectObservable, flush }) => {
      const streams = [{ fail: ingestFailure('streams', 500) }, { value: [other, stream] }];
      const platform = fakePlatform({ replies: { streams, results: { value: at(1) } } });
      expectObservable(pollResults(platform, dataId, { intervalMs: 5 }).pipe(map(celsiusOf)), '12ms !').toBe(
        '-----a----a',
        letters,
      );
      flush();
      expect(platform.calls).toEqual(['streams', 'streams', 'results', 'results']);
    });
  });

  it.each([
    ['kind', undefined],
    ['dataId', [other]],
  ])('fails without a %s that the platform lists', (field, value) => {
    const failed: unknown[] = [];
    pollResults(fakePlatform({ replies: { streams: { value } } }), dataId).subscribe({
      error: (error) => failed.push(error),
    });
    expect(failed).toEqual([expect.objectContaining({ context: expect.objectContaining({ field }) })]);
  });

  it.each([
    ['dataId', ' ', {}],
    ['kind', dataId, { kind: 'frames' }],
    ['intervalMs', dataId, { intervalMs: 0 }],
    ['jitterMs', dataId, { jitterMs: -1 }],
    ['maxPolls', dataId, { maxPolls: 1.5 }],
    ['lastN', dataId, { lastN: Number.POSITIVE_INFINITY }],
  ])('refuses a wrong %s at the call', (field, id, options) => {
    expect(() => pollResults(fakePlatform(), id as DataId, options as never)).toThrow(
      expect.objectContaining({ _tag: 'InputError', context: expect.objectContaining({ field }) }),
    );
  });

  it('has the type of what it was asked for', () => {
    const platform = fakePlatform({ replies: { results: {} } });
    pollResults(platform, dataId, { kind: 'rheed', maxPolls: 1 }).subscribe(({ angles }) => angles.length);
    pollResults(platform, dataId, { maxPolls: 1 }).subscribe({ next: ({ kind }) => kind, error: () => {} });
    // @ts-expect-error: rheed results have no channels
    pollResults(platform, dataId, { kind: 'rheed', maxPolls: 1 }).subscribe(({ channels }) => channels);
    // @ts-expect-error: our name for a session is not the platform's for a stream
    pollResults(platform, 'a' as SessionId, { kind: 'rheed', maxPolls: 1 }).subscribe();
    expect(platform.calls).toEqual(['results', 'streams', 'results', 'results']);
  });
});
