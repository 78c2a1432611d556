import { afterEach, describe, expect, it } from '@jest/globals';
import {
  filter,
  firstValueFrom,
  ignoreElements,
  lastValueFrom,
  map,
  mergeMap,
  NEVER,
  type Observable,
  Subject,
  throwError,
  timer,
} from 'rxjs';
import { type Platform, rooms } from '../../src/delivery/platform.js';
import type { EncodedChunk } from '../../src/model/encodedChunk.js';
import {
  EncoderError,
  IncompleteSessionError,
  InputError,
  PlatformClosedError,
  SessionFailedError,
} from '../../src/model/errors.js';
import type { Frame } from '../../src/model/frame.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { openRheed } from '../../src/sinks/openRheed.js';
import type { Replies } from '../../src/testing/fakeIngest.js';
import { type FakePlatform, type FakePlatformOptions, fakePlatform } from '../../src/testing/fakePlatform.js';
import { frames } from '../../src/testing/frames.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';
import type { ShardEncoder } from '../../src/zarr/shardEncoder.js';

const asked = { fps: 1, rotationsPerMin: 0, chunkSize: 3, streamName: 'Growth run 42' };
const opening = ['resolve', 'create', 'link'];

const platforms: FakePlatform[] = [];
afterEach(() => Promise.all(platforms.splice(0).map((platform) => platform.close({ deadlineMs: 1 }))));

/** A session on a platform that answers as scripted, and never tries again. */
const open = (replies: Replies = {}, options: Omit<FakePlatformOptions, 'replies'> = {}, rheed = {}) => {
  const platform = fakePlatform({ replies, retry: { maxRetries: 0 }, ...options });
  platforms.push(platform);
  const told: string[] = [];
  platform.events$.subscribe((event) => told.push(inShort(event)));
  const session = openRheed(platform, { ...asked, ...rheed });
  return { platform, session, told };
};

/** The platform, with other endings of its first chunks' encoding. */
const encodingWith = (platform: Platform, endings: Observable<EncodedChunk>[]): Platform => {
  const { encoder } = platform[rooms];
  const begin: ShardEncoder['begin'] = (shape) => {
    const shard = encoder.begin(shape);
    const ending = endings.shift();
    if (ending !== undefined) shard.finish = () => ending;
    return shard;
  };
  return { ...platform, [rooms]: { ...platform[rooms], encoder: { ...encoder, begin } } };
};

const inShort = (event: SessionEvent): string =>
  'chunk' in event ? `${event.type} ${event.chunk.index}x${event.chunk.items}` : event.type;

/** a accepted, d delivered, r rejected, l lost, o opened, e ending, c closed, g gave up; not what delivery notes for itself. */
const drawn = (events$: Observable<SessionEvent>): Observable<string> =>
  events$.pipe(
    filter(({ type }) => type !== 'intent' && type !== 'created'),
    map(({ type }) => type.charAt(0)),
  );

const errorOf = (act: () => unknown): InputError => {
  try {
    act();
  } catch (error) {
    return error as InputError;
  }
  throw new Error('nothing was refused');
};

const grays = (...values: number[]): Frame<'gray8'>[] =>
  values.map((value) => grayFrame({ data: new Uint8Array(12).fill(value) }));

describe('openRheed', () => {
  it('opens at once, before any frame', () => {
    marbles(({ expectObservable, flush }) => {
      const { session, platform } = open({ create: { afterMs: 2 }, link: { afterMs: 1 } });
      expectObservable(session.opened$).toBe('---(o|)', { o: 'stream-1' });
      flush();
      expect(platform.calls).toEqual(opening);
    });
  });

  it('says that it is opened also to those who ask later', async () => {
    const { session } = open();
    expect(await firstValueFrom(session.opened$)).toBe('stream-1');
    expect(await firstValueFrom(session.opened$)).toBe('stream-1');
  });

  it.each([
    ['the platform refuses', { create: { afterMs: 2, fail: ingestFailure('create', 422) } }, 'create: answered 422'],
    ['a link is refused', { link: { afterMs: 2, fail: ingestFailure('link', 404) } }, 'link: answered 404'],
  ] as const)('errs in opened$, early or late, when %s', (_, replies, why) => {
    marbles(({ expectObservable, flush }) => {
      const { session } = open(replies);
      const seen: unknown[] = [];
      session.opened$.subscribe({ error: (error) => seen.push(error) });
      expectObservable(session.events$.pipe(ignoreElements())).toBe('--|');
      flush();
      session.opened$.subscribe({ error: (error) => seen.push(error) });
      for (const error of seen) expect(error).toBeInstanceOf(SessionFailedError);
      expect(seen).toHaveLength(2);
      expect((seen[0] as SessionFailedError).context).toMatchObject({ phase: 'open', report: { ended: false } });
      expect((seen[0] as SessionFailedError).message).toContain(why);
    });
  });

  it.each([
    [{ fps: 0 }, 'fps'],
    [{ chunkSize: 1 }, 'chunkSize'],
    [{ frames: 3 }, 'frames'],
  ])('refuses %j, and asks the platform nothing', (wrong, field) => {
    const platform = fakePlatform();
    expect(errorOf(() => openRheed(platform, { ...asked, ...wrong })).context.field).toBe(field);
    expect(platform.calls).toEqual([]);
  });

  it('refuses a platform that has been closed', async () => {
    const platform = fakePlatform();
    await platform.close();
    expect(() => openRheed(platform, asked)).toThrow(PlatformClosedError);
  });

  it('tells what happens from now on, and completes when it is over', () => {
    marbles(({ hot, expectObservable }) => {
      const { session } = open({ create: { afterMs: 2 }, send: { afterMs: 3 }, end: { afterMs: 2 } });
      const source = hot<string>('               -u-----e');
      expectObservable(drawn(session.events$)).toBe('-ao--d-e-(c|)');
      source.subscribe((what) => (what === 'u' ? session.upload(frames(3)) : session.end()));
    });
  });
});

describe('upload', () => {
  it('takes chunks as given, at the next index', () => {
    const { session, platform, told } = open();
    session.upload(frames(2));
    session.upload({ frames: [grayFrame()] });
    session.upload(frames(3));
    expect(told.filter((line) => line.startsWith('accepted'))).toEqual([
      'accepted 0x2',
      'accepted 1x1',
      'accepted 2x3',
    ]);
    expect(platform.received.map(({ chunk, frames }) => [chunk.index, frames.length])).toEqual([
      [0, 2],
      [1, 1],
      [2, 3],
    ]);
  });

  it('has numbered and copied the frames before it returns: the buffer may be written to at once', () => {
    marbles(({ flush }) => {
      const { session, platform, told } = open({ create: { afterMs: 5 }, send: { afterMs: 5 } });
      const camera = new Uint8Array(12).fill(1);
      session.upload([grayFrame({ data: camera })]);
      expect(told.at(-1)).toBe('accepted 0x1');
      camera.fill(2);
      session.upload([grayFrame({ data: camera })]);
      camera.fill(99);
      flush();
      expect(platform.received.map(({ frames }) => frames[0]?.[0])).toEqual([1, 2]);
    });
  });

  it("gives that chunk's events, from its acceptance to its delivery, and no other's", () => {
    marbles(({ expectObservable }) => {
      const { session } = open({ create: { afterMs: 2 }, send: [{ afterMs: 3 }, { afterMs: 1 }, { afterMs: 4 }] });
      expectObservable(session.upload(frames(3)).pipe(map(inShort))).toBe('a----(d|)', {
        a: 'accepted 0x3',
        d: 'delivered 0x3',
      });
      expectObservable(session.upload(frames(2)).pipe(map(inShort))).toBe('a--(d|)', {
        a: 'accepted 1x2',
        d: 'delivered 1x2',
      });
    });
  });

  it('ends the events of a chunk that the platform refuses, and goes on with the next', () => {
    marbles(({ expectObservable, flush }) => {
      const { session } = open({ send: [{ afterMs: 2, fail: ingestFailure('send', 422) }, { afterMs: 3 }] });
      expectObservable(drawn(session.upload(frames(1)))).toBe('a-(r|)');
      expectObservable(drawn(session.upload(frames(1)))).toBe('a--(d|)');
      flush();
      expect(session.report()).toMatchObject({ offered: 2, delivered: 1, rejected: 1, kept: 0 });
    });
  });

  it('ends the events of a chunk that is lost with its session', () => {
    marbles(({ expectObservable }) => {
      const { session } = open({ create: { afterMs: 2, fail: ingestFailure('create', 422) } });
      expectObservable(drawn(session.upload(frames(1)))).toBe('a-(l|)');
    });
  });

  it('ends the events of a chunk that could not be encoded, and goes on with the next', () => {
    marbles(({ expectObservable, flush }) => {
      const { platform } = open({ send: { afterMs: 2 } });
      const died$ = throwError(() => new EncoderError('its worker died'));
      const session = openRheed(encodingWith(platform, [timer(3).pipe(mergeMap(() => died$))]), asked);
      expectObservable(drawn(session.upload(frames(2)))).toBe('a--(l|)');
      expectObservable(drawn(session.upload(frames(1)))).toBe('a-(d|)');
      flush();
      expect(session.report()).toMatchObject({ offered: 3, delivered: 1, lost: 2, kept: 0, outcome: 'running' });
      expect(platform.budget.used).toBe(0);
    });
  });

  it('needs nobody to listen, and tells those who come late', () => {
    marbles(({ flush }) => {
      const { session, platform } = open({ send: { afterMs: 2 } });
      const events$ = session.upload(frames(1));
      flush();
      expect(platform.calls).toEqual([...opening, 'send 0']);
      const late: string[] = [];
      events$.subscribe({ next: ({ type }) => late.push(type), complete: () => late.push('over') });
      expect(late).toEqual(['accepted', 'delivered', 'over']);
    });
  });

  it('goes on when its listener leaves', () => {
    marbles(({ flush, expectObservable }) => {
      const { session, platform } = open({ send: { afterMs: 3 } });
      expectObservable(drawn(session.upload(frames(1))), '-!').toBe('a');
      flush();
      expect(platform.received).toHaveLength(1);
    });
  });

  describe('refuses, and takes nothing of it,', () => {
    const good = grayFrame();
    it.each([
      ['no frames', [], 'frames'],
      ['more frames than a chunk', frames(4), 'frames'],
      ['a frame of another size', [good, grayFrame({ width: 3 })], 'width, height'],
      ['a frame with too few bytes', [good, good, { ...good, data: new Uint8Array(11) }], 'data'],
      ['a 16-bit frame', [good, { ...good, format: 'gray16', data: new Uint16Array(12) }], 'format'],
      ['a frame that is none', [good, undefined], 'frame'],
      ['a frame captured at no time', [good, { ...good, capturedAt: Number.NaN }], 'capturedAt'],
      ['a frame captured at a Date', [good, { ...good, capturedAt: new Date(0) }], 'capturedAt'],
      ['a frame that arrived at no time', [good, { ...good, arrivedAt: Number.NaN }], 'arrivedAt'],
      ['nothing', undefined, 'frames'],
      ['a text', 'frames', 'frames'],
      ['something else', { frames: 3 }, 'frames'],
    ])('%s', (_, wrong, field) => {
      const { session, platform, told } = open();
      session.upload(grays(1));
      const error = errorOf(() => session.upload(wrong as never));
      expect(error).toBeInstanceOf(InputError);
      expect(error.context.field).toBe(field);
      expect(session.report().offered).toBe(1);
      session.upload(grays(2, 3));
      expect(platform.received.map(({ chunk, frames }) => [chunk.index, frames.map(([gray]) => gray)])).toEqual([
        [0, [1]],
        [1, [2, 3]],
      ]);
      expect(told.filter((line) => line.startsWith('accepted'))).toEqual(['accepted 0x1', 'accepted 1x2']);
    });

    it('a first chunk, without deciding on a size', () => {
      const { session } = open();
      expect(() => session.upload([good, grayFrame({ width: 3 })])).toThrow(InputError);
      session.upload([grayFrame({ width: 5 })]);
      expect(session.report().delivered).toBe(1);
    });

    it('frames after the end', () => {
      const { session } = open();
      session.end();
      const error = errorOf(() => session.upload(frames(1)));
      expect([error._tag, error.context.field, error.context.value]).toEqual(['InputError', 'session', session.id]);
      expect(session.report().offered).toBe(0);
    });

    it('frames after the session was given up', () => {
      const { session } = open({ create: { fail: ingestFailure('create', 422) } });
      expect(errorOf(() => session.upload(frames(1))).context.field).toBe('session');
    });
  });

  describe('names the moment of a chunk', () => {
    const startsOf = (given: readonly (readonly Frame<'gray8'>[])[], rheed = {}, waitMs = 0) => {
      const starts: unknown[] = [];
      marbles(({ cold, flush }) => {
        const { session } = open({}, {}, rheed);
        session.events$.subscribe((event) => {
          if (event.type === 'accepted') starts.push([event.time.startMs, event.time.timeBase]);
        });
        cold(`${waitMs}ms (x|)`).subscribe(() => given.forEach((chunk) => void session.upload(chunk)));
        flush();
      });
      return starts;
    };

    it('by its first frame, which came N / fps seconds ago', () => {
      expect(startsOf([[grayFrame(), grayFrame(), grayFrame()]], {}, 8000)).toEqual([[5000, 'host']]);
      expect(startsOf([[grayFrame()]], { fps: 0.5 }, 8000)).toEqual([[6000, 'host']]);
    });

    it('and does not say of its frames that they arrived when nobody saw them', () => {
      const { platform, session } = open();
      const known: unknown[] = [];
      platform.events$.subscribe((event) => event.type === 'accepted' && known.push(event.frames));
      session.upload([grayFrame()]);
      session.upload([grayFrame({ arrivedAt: 5 })]);
      expect(known).toMatchObject([undefined, [{ arrivedAt: 5 }]]);
    });

    it('by the capture time, or the arrival, of its first frame', () => {
      expect(startsOf([frames(2, { startMs: 77, fps: 1 }), [grayFrame({ arrivedAt: 9900 })]], {}, 8000)).toEqual([
        [77, 'host'],
        [9900, 'host'],
      ]);
    });

    it('from startMs on, by index', () => {
      const chunk = [grayFrame(), grayFrame(), grayFrame()];
      expect(startsOf([chunk, chunk.slice(1), chunk], { startMs: 50_000 }, 8000)).toEqual([
        [50_000, 'recorded'],
        [53_000, 'recorded'],
        [55_000, 'recorded'],
      ]);
    });
  });

  it('tells of a hole in the capture times, and leaves the chunk as given', () => {
    const { session, told } = open();
    session.upload([grayFrame({ capturedAt: 0 }), grayFrame({ capturedAt: 9000 })]);
    expect(told.slice(-3)).toEqual(['accepted 0x2', 'delivered 0x2', 'gap']);
    expect(session.report()).toMatchObject({ delivered: 2, gaps: [{ frames: 8, cause: 'time' }] });
  });
});

describe('end', () => {
  const slow: Replies = { create: { afterMs: 2 }, send: { afterMs: 3 }, end: { afterMs: 2 } };

  it('ends the session once everything is delivered, and gives its last events', () => {
    marbles(({ expectObservable, flush }) => {
      const { session, platform } = open(slow);
      session.upload(frames(3));
      expectObservable(drawn(session.end())).toBe('e-o--d-(c|)');
      flush();
      expect(platform.calls).toEqual([...opening, 'send 0', 'end']);
    });
  });

  it('is one end, however often it is asked for, and the first outcome counts', () => {
    marbles(({ expectObservable, flush }) => {
      const { session, platform } = open(slow);
      const first = session.end('cancelled');
      expectObservable(drawn(first)).toBe('             e-o-(c|)');
      expectObservable(drawn(session.end('failed'))).toBe('e-o-(c|)');
      flush();
      expect(platform.calls).toEqual([...opening, 'end']);
      expect(session.report()).toMatchObject({ outcome: 'cancelled', ended: true });
    });
  });

  it('needs nobody to listen, and tells those who come late', async () => {
    const { session, platform } = open();
    session.end();
    expect(platform.calls).toEqual([...opening, 'end']);
    const last = await lastValueFrom(session.end());
    expect(last).toMatchObject({ type: 'closed', report: { outcome: 'complete', offered: 0 } });
  });

  it('errs, also late, when a chunk was refused', async () => {
    const { session } = open({ send: { fail: ingestFailure('send', 422) } });
    session.upload(frames(2));
    for (const end$ of [session.end(), session.end()]) {
      const error = await lastValueFrom(end$).catch((error) => error);
      expect(error).toBeInstanceOf(IncompleteSessionError);
      expect(error.context.report).toMatchObject({
        rejected: 2,
        ended: true,
        deadLetters: [{ problem: { status: 422 } }],
      });
    }
  });

  it('errs when the stream cannot be ended', async () => {
    const { session } = open({ end: { fail: ingestFailure('end', 400) } });
    const error = await lastValueFrom(session.end()).catch((error) => error);
    expect(error).toBeInstanceOf(SessionFailedError);
    expect(error.context).toMatchObject({ phase: 'end', report: { ended: false } });
  });

  it('errs with the last word when the session was given up before', () => {
    const { session } = open({ create: { fail: ingestFailure('create', 422) } });
    const seen: unknown[] = [];
    session.end().subscribe({ next: ({ type }) => seen.push(type), error: ({ _tag }) => seen.push(_tag) });
    session.end().subscribe({ next: ({ type }) => seen.push(type), error: ({ _tag }) => seen.push(_tag) });
    expect(seen).toEqual(['gaveUp', 'SessionFailedError', 'gaveUp', 'SessionFailedError']);
  });
});

describe('the end of the platform', () => {
  it('is the end of its sessions, as cancelled, with everything delivered', async () => {
    const { session, platform } = open();
    session.upload(frames(3));
    const [report] = await platform.close();
    expect(report).toEqual(session.report());
    expect(report).toMatchObject({ outcome: 'cancelled', ended: true, delivered: 3, kept: 0 });
    expect(() => session.upload(frames(1))).toThrow(InputError);
  });

  it('leaves a session alone that is ending already', async () => {
    const { session, platform } = open();
    session.end('complete');
    await platform.close();
    expect(session.report().outcome).toBe('complete');
  });

  it('loses a chunk once that is still being encoded at the deadline, and keeps to its outcome', async () => {
    const { platform } = open({ end: NEVER });
    const encoded$ = new Subject<EncodedChunk>();
    const session = openRheed(encodingWith(platform, [encoded$]), asked);
    session.upload(frames(3));
    session.end().subscribe({ error: () => {} });
    await platform.close({ deadlineMs: 1 });
    const report = session.report();
    expect(report).toMatchObject({ offered: 3, lost: 3, kept: 0, ended: false, outcome: 'failed' });
    encoded$.error(new EncoderError('its worker died'));
    expect(session.report()).toEqual(report);
  });

  it('loses what could not be delivered until the deadline, and says so once', async () => {
    const { session, platform, told } = open({ send: NEVER });
    const uploaded = lastValueFrom(session.upload(frames(3)));
    const [report] = await platform.close({ deadlineMs: 1 });
    expect(report).toMatchObject({ offered: 3, lost: 3, kept: 0, ended: false, outcome: 'cancelled' });
    expect((await uploaded).type).toBe('lost');
    expect(told.slice(-3)).toEqual(['ending', 'lost 0x3', 'gaveUp']);
  });
});

describe('the report of an open session', () => {
  it('adds up at every moment', () => {
    marbles(({ flush }) => {
      const { session } = open({
        create: { afterMs: 2 },
        send: [{ afterMs: 3 }, { afterMs: 1, fail: ingestFailure('send', 422) }, { afterMs: 1 }],
      });
      const seen: string[] = [];
      const look = () => {
        const { offered, delivered, kept, rejected, dropped, lost } = session.report();
        expect(delivered + kept + rejected + dropped + lost).toBe(offered);
        seen.push(`${delivered}/${kept}/${rejected}`);
      };
      session.events$.subscribe(look);
      session.upload(frames(3));
      session.upload(frames(2));
      session.upload(frames(1));
      look();
      session.end().subscribe({ error: () => seen.push('incomplete') });
      flush();
      expect(seen).toContain('0/6/0');
      expect(seen.at(-1)).toBe('4/0/2');
      expect(seen).toContain('incomplete');
    });
  });

  it('is that of nothing before anything came', () => {
    const { session } = open({ create: NEVER });
    expect(session.report()).toMatchObject({ offered: 0, outcome: 'running', streams: [], ended: false });
  });
});
