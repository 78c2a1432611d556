import { describe, expect, it } from '@jest/globals';
import { concat, EMPTY, map, NEVER, Observable, of, range, skip, take, tap, throwError } from 'rxjs';
import { rooms } from '../../src/delivery/platform.js';
import { platformOf } from '../../src/delivery/platformOf.js';
import { Budget } from '../../src/flow/budget.js';
import { InputError, PlatformClosedError } from '../../src/model/errors.js';
import type { Frame } from '../../src/model/frame.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';
import { row } from './sinkRow.js';

const opening = ['resolve', 'create', 'link'];
const busy = ingestFailure('send', 503);

describe('the life of a rheedSink (o opened, digit delivered, c closed; two at a time)', () => {
  row('delivers a source that completes, then ends', { send: { afterMs: 5 } }, (r) => {
    const source = r.hot('                     abc-|              ', r.frames);
    r.expectObservable(r.run(source)).toBe('   --o----(01)-2-(c|) ');
    r.expectSubscriptions(source.subscriptions).toBe('^---!');
    r.check(...opening, 'send 0', 'send 1', 'send 2', 'end');
    expect(r.outcomes).toEqual(['complete']);
  });

  row(
    'delivers and ends after an error of the source, then errs the same',
    {
      send: [{ afterMs: 5 }, { afterMs: 6 }],
    },
    (r) => {
      const source = r.hot('                     ab-#         ', r.frames, 'src');
      r.expectObservable(r.run(source)).toBe('   --o----01-(c#)', undefined, 'src');
      r.expectSubscriptions(source.subscriptions).toBe('^--!');
      r.check(...opening, 'send 0', 'send 1', 'end');
      expect(r.outcomes).toEqual(['failed']);
    },
  );

  row(
    'leaves the source at once when unsubscribed, and delivers and ends in the background',
    {
      send: [{ afterMs: 5 }, { afterMs: 6 }, { afterMs: 3 }],
    },
    (r) => {
      const source = r.hot('                                  ab-c-d--|', r.frames);
      r.expectObservable(r.run(source), '                 ----!').toBe('--o--');
      r.expectSubscriptions(source.subscriptions).toBe('  ^---!');
      r.expectObservable(r.platform.idle$.pipe(skip(1))).toBe('12ms i', { i: undefined });
      r.check(...opening, 'send 0', 'send 1', 'send 2', 'end');
      expect(r.outcomes).toEqual(['cancelled']);
    },
  );

  row('opens, delivers and ends in the background when unsubscribed while opening', { create: { afterMs: 6 } }, (r) => {
    const source = r.hot('                                  a---', r.frames);
    r.expectObservable(r.run(source), '                 --!').toBe('---');
    r.expectObservable(r.platform.idle$.pipe(skip(1))).toBe('11ms i', { i: undefined });
    r.check(...opening, 'send 0', 'end');
  });

  row(
    'fails when it cannot open, and releases the source',
    {
      create: { afterMs: 1, fail: ingestFailure('create', 503) },
      maxRetries: 1,
    },
    (r) => {
      const source = r.hot('                     ab----c', r.frames);
      r.expectObservable(r.run(source)).toBe('   ------#', undefined, 'open:');
      r.expectSubscriptions(source.subscriptions).toBe('^-----!');
      r.check('resolve', 'create', 'create');
    },
  );

  row(
    'fails when it cannot end, and names the stream',
    {
      send: { afterMs: 1 },
      end: { afterMs: 1, fail: ingestFailure('end', 503) },
      maxRetries: 1,
    },
    (r) => {
      const source = r.hot('                     a|', r.frames);
      r.expectObservable(r.run(source)).toBe('   --o0-----#', undefined, 'end:stream-1');
      r.check(...opening, 'send 0', 'end', 'end');
    },
  );

  row(
    'makes a refused chunk a dead letter while the others go on',
    {
      send: [{ afterMs: 4 }, { afterMs: 1, fail: ingestFailure('send', 422) }, { afterMs: 1 }],
    },
    (r) => {
      const source = r.hot('                     abc-|', r.frames);
      r.expectObservable(r.run(source)).toBe('   --o-2-0-(c#)', undefined, 'incomplete:stream-1');
      r.check(...opening, 'send 0', 'send 1', 'send 2', 'end');
    },
  );

  row(
    'sends a chunk again under its own index',
    {
      send: [{ afterMs: 1, fail: busy }, { afterMs: 3 }, { afterMs: 1 }],
      maxRetries: 2,
    },
    (r) => {
      const source = r.hot('                     ab|', r.frames);
      r.expectObservable(r.run(source)).toBe('   --o--1--0-(c|)');
      r.check(...opening, 'send 0', 'send 1', 'send 0', 'end');
      expect(r.platform.received.map(({ chunk, frames }) => [chunk.index, frames[0]?.[0]])).toEqual([
        [1, 2],
        [0, 1],
      ]);
    },
  );

  row('opens and ends for an empty source', {}, (r) => {
    r.expectObservable(r.run(EMPTY)).toBe('    --o-(c|)');
    r.check(...opening, 'end');
  });

  row('opens at the first frame, however late', {}, (r) => {
    r.expectObservable(r.run(r.hot('---a|', r.frames))).toBe('-----o--0-(c|)');
    r.check(...opening, 'send 0', 'end');
  });

  row('opens nothing for a source that never emits, nor when left before the first frame', {}, (r) => {
    r.expectObservable(r.run(NEVER)).toBe('       -');
    r.expectObservable(r.run(r.hot('-----a', r.frames)), '---!').toBe('-');
    r.check();
  });

  row('opens nothing when an error comes first', {}, (r) => {
    r.expectObservable(r.run(r.cold('--#', undefined, 'src'))).toBe('--#', undefined, 'src');
    r.check();
  });

  row(
    'keeps the error of the source as `earlier` when the drain fails as well',
    {
      send: { afterMs: 3, fail: ingestFailure('send', 413) },
    },
    (r) => {
      const source = r.hot('                     a#', r.frames, 'src');
      r.expectObservable(r.run(source)).toBe('   --o----(c#)', undefined, 'incomplete:stream-1 after src');
      r.check(...opening, 'send 0', 'end');
    },
  );

  row(
    'stops, delivers, ends and completes when the platform is closed',
    {
      send: [{ afterMs: 5 }, { afterMs: 6 }],
    },
    (r) => {
      r.cold('                                    ----x').subscribe(() => void r.platform.close());
      const source = r.hot('                     ab---c---d', r.frames);
      r.expectObservable(r.run(source)).toBe('   --o----01-(c|)');
      r.expectSubscriptions(source.subscriptions).toBe('^---!');
      r.check(...opening, 'send 0', 'send 1', 'end');
      expect(r.outcomes).toEqual(['cancelled']);
    },
  );

  row(
    'keeps the short last chunk when the source errs',
    {
      rheed: { fps: 1, chunkSize: 2 },
      send: [{ afterMs: 2 }, { afterMs: 3 }],
    },
    (r) => {
      const source = r.hot('                     abc#', r.frames, 'src');
      r.expectObservable(r.run(source)).toBe('   --o-0-1-(c#)', undefined, 'src');
      r.flush();
      expect(r.platform.received.map(({ frames }) => frames.map(([gray]) => gray))).toEqual([[1, 2], [3]]);
    },
  );

  row(
    'keeps the short last chunk when unsubscribed',
    {
      rheed: { fps: 1, chunkSize: 2 },
      send: [{ afterMs: 2 }, { afterMs: 3 }],
    },
    (r) => {
      const source = r.hot('                                  abc------', r.frames);
      r.expectObservable(r.run(source), '                 ----!').toBe('--o-');
      r.expectObservable(r.platform.idle$.pipe(skip(1))).toBe('9ms i', { i: undefined });
      r.check(...opening, 'send 0', 'send 1', 'end');
    },
  );

  row('keeps the frame of a subscriber who leaves as the session opens', { create: {}, send: {}, end: {} }, (r) => {
    const source = r.hot('                              a', r.frames);
    r.expectObservable(r.run(source).pipe(take(1))).toBe('(o|)');
    r.expectSubscriptions(source.subscriptions).toBe('(^!)');
    r.check(...opening, 'send 0', 'end');
  });

  row('gives the bytes of a chunk back as it is delivered', { send: [{ afterMs: 2 }, { afterMs: 6 }] }, (r) => {
    const held: number[] = [];
    r.cold('                                   -x-x-x-x-x').subscribe(() => held.push(r.platform.budget.used));
    const source = r.hot('                     ab--------|', r.frames);
    r.expectObservable(r.run(source)).toBe('   --o-0---1---(c|)');
    r.flush();
    const [one = 0] = held;
    expect(one).toBe(48); // encoded: 12 pixels, 16 bytes of zstd, 20 of index
    expect(held).toEqual([one, 2 * one, one, one, 0]);
  });

  it('takes nothing more of an array once its session has failed', () => {
    const fake = fakePlatform({ replies: { create: { fail: ingestFailure('create', 422) } } });
    const { encoder } = fake[rooms];
    let begun = 0;
    const counting = {
      ...encoder,
      begin: (shape: Parameters<typeof encoder.begin>[0]) => {
        begun++;
        return encoder.begin(shape);
      },
    };
    let error: unknown;
    of([grayFrame(), grayFrame(), grayFrame()])
      .pipe(rheedSink(platformOf({ ...fake[rooms], encoder: counting }), { ...asked, fps: 0.5, chunkSize: 1 }))
      .subscribe({ error: (e: unknown) => (error = e) });
    expect(error).toMatchObject({ context: { report: { offered: 1, lost: 1 } } });
    expect(begun).toBe(1);
  });

  it('tells first what was asked, then what is ours, also of a platform that answers at once', () => {
    const { events } = run([grayFrame()], { fps: 0.5, chunkSize: 1 });
    expect(events.map(({ type }) => type)).toEqual([
      'asked',
      'intent',
      'created',
      'opened',
      'accepted',
      'delivered',
      'ending',
      'intent',
      'closed',
    ]);
  });

  it('reads the reference clock as long as it lives, and no longer', () => {
    let readers = 0;
    const clock$ = new Observable<undefined>((reader) => {
      readers++;
      reader.next(undefined);
      return () => readers--;
    });
    marbles(({ hot, cold, flush }) => {
      const platform = fakePlatform({ clock$ });
      hot('a----|')
        .pipe(
          map(() => grayFrame()),
          rheedSink(platform, asked),
        )
        .subscribe();
      cold('---x').subscribe(() => expect(readers).toBe(1));
      flush();
      expect(readers).toBe(0);
    });
  });

  it('pulls nothing more of a synchronous source once its subscriber has left', () => {
    const platform = fakePlatform();
    let pulled = 0;
    range(0, 100_000)
      .pipe(
        tap(() => pulled++),
        map(() => grayFrame()),
        rheedSink(platform, { fps: 0.5, rotationsPerMin: 0, chunkSize: 1 }),
        take(3),
      )
      .subscribe();
    expect(pulled).toBeLessThanOrEqual(2);
    expect(platform.calls).toEqual([...opening, 'send 0', 'end']);
  });
});

/** Sessions of one second at 1 fps, three frames a chunk. */
const asked = { fps: 1, rotationsPerMin: 0, chunkSize: 3 };
const at = (capturedAt: number, rest: Partial<Frame<'gray8'>> = {}) => grayFrame({ ...rest, capturedAt });

const run = (frames: readonly Frame<'gray8'>[], options = {}) => {
  const platform = fakePlatform();
  const events: SessionEvent[] = [];
  of(...frames)
    .pipe(rheedSink(platform, { ...asked, ...options }))
    .subscribe((event) => events.push(event));
  const closed = events.find((event) => event.type === 'closed');
  return { platform, events, report: closed?.report };
};
const starts = (events: readonly SessionEvent[]) =>
  events.flatMap((event) => (event.type === 'accepted' ? [[event.time.startMs, event.chunk.items]] : []));

describe('the chunks of a rheedSink', () => {
  it('flattens arrays of frames and groups them anew', () => {
    const platform = fakePlatform();
    of([grayFrame(), grayFrame()], grayFrame(), [], [grayFrame()]).pipe(rheedSink(platform, asked)).subscribe();
    expect(platform.received.map(({ chunk }) => [chunk.index, chunk.items])).toEqual([
      [0, 3],
      [1, 1],
    ]);
  });

  it('splits at a hole of more than one and a half periods between capture times, and tells of it', () => {
    const { events, report } = run([at(0), at(1000), at(2501), at(3501), at(4501)]);
    expect(starts(events)).toEqual([
      [0, 2],
      [2501, 3],
    ]);
    expect(report?.gaps).toEqual([{ frames: 1, fromMs: 1000, toMs: 2501, cause: 'time' }]);
    expect(report).toMatchObject({ offered: 5, delivered: 5, dropped: 0 });
  });

  it('splits at no jitter of one and a half periods or less, and at no step back', () => {
    const { events, report } = run([at(0), at(1500), at(900), at(2400)]);
    expect(starts(events)).toEqual([
      [0, 3],
      [2400, 1],
    ]);
    expect(report?.gaps).toEqual([]);
  });

  it('splits at no arrival time', () => {
    const { events } = run([grayFrame({ arrivedAt: 0 }), grayFrame({ arrivedAt: 9000 })]);
    expect(starts(events)).toEqual([[0, 2]]);
  });

  it('keeps the chunk together over a hole when asked to, and still tells of it', () => {
    const { events, report } = run([at(0), at(5000), at(6000)], { onGap: 'keep' });
    expect(starts(events)).toEqual([[0, 3]]);
    expect(report?.gaps).toMatchObject([{ frames: 4, cause: 'time' }]);
  });

  it('splits where a policy dropped frames, and counts them as offered and dropped', () => {
    const gapBefore = { frames: 7, fromMs: 1000, toMs: 7000, cause: 'policy' } as const;
    const { events, report } = run([at(0), at(8000, { gapBefore }), at(9000)]);
    expect(starts(events)).toEqual([
      [0, 1],
      [8000, 2],
    ]);
    expect(report).toMatchObject({ offered: 10, delivered: 3, dropped: 7, gaps: [gapBefore] });
  });

  it('counts on from startMs by index when frames carry no time, over dropped frames as well', () => {
    const gapBefore = { frames: 2, fromMs: 0, toMs: 0, cause: 'policy' } as const;
    const frames = [grayFrame(), grayFrame({ gapBefore }), grayFrame()];
    const { events } = run(frames, { startMs: 1_700_000_000_000 });
    expect(starts(events)).toEqual([
      [1_700_000_000_000, 1],
      [1_700_000_003_000, 2],
    ]);
    expect(events.find(({ type }) => type === 'accepted')).toMatchObject({ time: { timeBase: 'recorded' } });
  });

  it('keeps the reading of the clock beside the time of the host, and none beside a recorded one', () => {
    const reading = { offsetMs: 12, uncertaintyMs: 1, takenAt: 0 };
    const times = (options: object) => {
      const platform = fakePlatform({ clock$: of(reading) });
      of(grayFrame())
        .pipe(rheedSink(platform, { ...asked, ...options }))
        .subscribe();
      return platform.received[0]?.time;
    };
    expect(times({})).toMatchObject({ timeBase: 'host', clock: reading });
    expect(times({ startMs: 0 })).toEqual({ startMs: 0, timeBase: 'recorded' });
  });

  it('counts on from the first arrival when nothing says when the frames were captured', () => {
    marbles(({ cold, flush, expectObservable }) => {
      const platform = fakePlatform();
      const source = cold('5s (abc) 995ms d 999ms (e|)').pipe(map(() => grayFrame()));
      const chunks = source.pipe(
        rheedSink(platform, asked),
        map((event) => event.type === 'accepted' && event.time.startMs),
      );
      const seen: unknown[] = [];
      expectObservable(
        chunks.pipe(
          tap((ms) => ms !== false && seen.push(ms)),
          skip(1e9),
        ),
      ).toBe('7s |');
      flush();
      expect(seen).toEqual([5000, 8000]);
    });
  });

  it('counts on where frames come faster than their rate, and says so once', () => {
    const burst = Array.from({ length: 9 }, () => grayFrame({ arrivedAt: 5000 }));
    const { events } = run(burst);
    expect(starts(events)).toEqual([
      [5000, 3],
      [8000, 3],
      [11_000, 3],
    ]);
    expect(events.filter(({ type }) => type === 'overlap')).toMatchObject([{ index: 1, byMs: 3000 }]);
  });

  it('keeps capture times that go back, and says so', () => {
    const { events } = run([at(9000), at(10_000), at(11_000), at(1000)]);
    expect(starts(events)).toEqual([
      [9000, 3],
      [1000, 1],
    ]);
    expect(events.filter(({ type }) => type === 'overlap')).toMatchObject([{ index: 1, byMs: 11_000 }]);
  });

  it('keeps what the camera knows of each frame in the record, without the pixels', () => {
    const { events } = run([at(0, { frameId: 7, deviceTicks: 9n, exposureSeconds: 0.01, gain: 2 })]);
    const accepted = events.find(({ type }) => type === 'accepted');
    expect(accepted).toMatchObject({ frames: [{ frameId: 7, deviceTicks: 9n, exposureSeconds: 0.01, gain: 2 }] });
    expect(JSON.stringify(accepted, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain(
      'data"',
    );
  });

  it('has copied a frame before it returns: the buffer may be written to at once', () => {
    const platform = fakePlatform();
    const camera = new Uint8Array(12).fill(1);
    of(1, 2, 3)
      .pipe(
        map((gray) => grayFrame({ data: camera.fill(gray) })),
        rheedSink(platform, asked),
      )
      .subscribe();
    camera.fill(99);
    expect(platform.received[0]?.frames.map(([gray]) => gray)).toEqual([1, 2, 3]);
  });

  it('takes exact bytes from a view and from shared memory', () => {
    const platform = fakePlatform();
    const view = new Uint8Array(100).map((_, i) => i).subarray(10, 22);
    const shared = new Uint8Array(new SharedArrayBuffer(12)).fill(8);
    of(view, shared)
      .pipe(
        map((data) => grayFrame({ data })),
        rheedSink(platform, asked),
      )
      .subscribe();
    expect(platform.received[0]?.frames).toEqual([Uint8Array.from(view), new Uint8Array(12).fill(8)]);
  });

  it('charges a partial chunk nothing: it waits for more input', () => {
    const budget = new Budget(1000);
    const platform = fakePlatform({ budget });
    concat(of(grayFrame(), grayFrame()), NEVER).pipe(rheedSink(platform, asked)).subscribe();
    expect(budget.peak).toBe(0);
    void platform.close();
    expect(budget.peak).toBeGreaterThan(0);
  });
});

describe('what a rheedSink refuses', () => {
  const refusal = (frame: unknown, before: readonly Frame<'gray8'>[] = []) => {
    const platform = fakePlatform();
    let error: unknown;
    of(...before, frame as Frame<'gray8'>)
      .pipe(rheedSink(platform, asked))
      .subscribe({ error: (e: unknown) => (error = e) });
    return { platform, error: error as InputError };
  };
  const detached = () => {
    const data = new Uint8Array(12);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    return data;
  };

  it.each([
    ['a 16-bit frame', { ...grayFrame(), format: 'gray16', data: new Uint16Array(12) }, 'format'],
    ['a colour frame', { ...grayFrame(), format: 'rgb8', data: new Uint8Array(36) }, 'format'],
    ['a float frame', { ...grayFrame(), data: new Float32Array(12) }, 'data'],
    ['a frame with too few bytes', { ...grayFrame(), data: new Uint8Array(11) }, 'data'],
    ['a frame whose buffer is detached', { ...grayFrame(), data: detached() }, 'data'],
    ['a frame whose time is in seconds', { ...grayFrame(), capturedAt: 1_763_668_800 }, 'capturedAt'],
    ['a frame of no width', { ...grayFrame(), width: 0 }, 'width'],
    ['a frame of broken height', { ...grayFrame(), height: 1.5 }, 'height'],
  ])('%s, before anything is sent', (_, frame, field) => {
    const { platform, error } = refusal(frame);
    expect(error).toBeInstanceOf(InputError);
    expect(error.context.field).toBe(field);
    expect(platform.calls).toEqual([]);
  });

  it('a frame of another size, after what came before is delivered and ended', () => {
    const { platform, error } = refusal(grayFrame({ width: 5, height: 3, data: new Uint8Array(15) }), [grayFrame()]);
    expect(error.message).toBe(
      'width, height must stay 4 x 3 for the whole session (frame 1 does not), and is "5 x 3"',
    );
    expect(platform.calls).toEqual([...opening, 'send 0', 'end']);
  });

  it.each([
    [{ fps: 0 }, 'fps'],
    [{ fps: -1 }, 'fps'],
    [{ fps: Number.NaN }, 'fps'],
    [{ fps: 2, chunkSize: 3 }, 'chunkSize'],
    [{ chunkSize: 2.5 }, 'chunkSize'],
    [{ rotationsPerMin: -1 }, 'rotationsPerMin'],
    [{ rotationsPerMin: 15, azimuth: '[110]' }, 'azimuth'],
    [{ onGap: 'ignore' }, 'onGap'],
    [{ tags: 'GaN' }, 'tags'],
    [{ stream_name: 'Growth run 42' }, 'stream_name'],
  ])('%j, at once', (wrong, field) => {
    const attempt = () => rheedSink(fakePlatform(), { ...asked, ...wrong } as never);
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(expect.objectContaining({ context: expect.objectContaining({ field }) }));
  });

  it('a subscription after the platform was closed', async () => {
    const platform = fakePlatform();
    await platform.close();
    let error: unknown;
    throwError(() => 'never subscribed')
      .pipe(rheedSink(platform, asked))
      .subscribe({ error: (e: unknown) => (error = e) });
    expect(error).toBeInstanceOf(PlatformClosedError);
  });
});
