import { describe, expect, it } from '@jest/globals';
import { bufferCount, concat, map, NEVER, type Observable, of, Subject, take } from 'rxjs';
import { Budget } from '../../src/flow/budget.js';
import { InputError } from '../../src/model/errors.js';
import type { Frame } from '../../src/model/frame.js';
import type { FrameChunk } from '../../src/model/frameChunk.js';
import type { SessionId } from '../../src/model/identifiers.js';
import type { RheedSession } from '../../src/model/rheedSession.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { paceAt } from '../../src/operators/paceAt.js';
import { toGray8 } from '../../src/operators/toGray8.js';
import { uploadChunk } from '../../src/operators/uploadChunk.js';
import { frames } from '../../src/testing/frames.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { marbles } from '../../src/testing/marbles.js';

type Chunk = FrameChunk | readonly Frame<'gray8'>[];

const unasked = () => {
  throw new Error('nobody asked for this');
};

/** A session that only notes what it is handed; `progress` says what becomes of chunk number `index`. */
const fakeSession = (progress: (index: number, items: number) => Observable<SessionEvent>) => {
  const chunks: Chunk[] = [];
  const session: RheedSession = {
    id: 'session' as SessionId,
    opened$: NEVER,
    events$: NEVER,
    end: unasked,
    report: unasked,
    upload: (chunk) => {
      const sent = 'frames' in chunk ? chunk.frames : chunk;
      if (sent.length === 0) throw new InputError('chunk', chunk, 'must hold frames');
      chunks.push(chunk);
      return progress(chunks.length - 1, sent.length);
    },
  };
  return { session, chunks };
};

const event = (type: 'accepted' | 'delivered', index: number, items: number): SessionEvent =>
  ({ type, chunk: { index, revision: 0, items }, session: 'session', at: 0 }) as SessionEvent;
const named = (one: SessionEvent) => `${one.type} ${'chunk' in one ? `${one.chunk.index}x${one.chunk.items}` : ''}`;

describe('uploadChunk', () => {
  const values = { A: frames(2), B: { frames: [grayFrame()] } as FrameChunk };

  it('hands arrays and chunks over as given, in order, and mixes their events', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const { session, chunks } = fakeSession((index, items) =>
        cold('a---(d|)', { a: event('accepted', index, items), d: event('delivered', index, items) }),
      );
      const source = cold<Chunk>('A-B--|     ', values);
      const expected = '          a-b-c-(d|) ';
      const subscription = '      ^----!     ';
      expectObservable(source.pipe(uploadChunk(session), map(named))).toBe(expected, {
        a: 'accepted 0x2',
        b: 'accepted 1x1',
        c: 'delivered 0x2',
        d: 'delivered 1x1',
      });
      expectSubscriptions(source.subscriptions).toBe(subscription);
      flush();
      expect(chunks).toEqual([values.A, values.B]);
      expect(chunks[0]).toBe(values.A);
    });
  });

  it.each([
    ['never', '   -   ', '-   ', '^   '],
    ['empty', '   --| ', '--| ', '^-! '],
    ['an error', '--# ', '--# ', '^-! '],
    ['one', '     A| ', 'd|  ', '^!  '],
  ])('passes %s through', (_, drawn, expected, subscription) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const delivered = event('delivered', 0, 2);
      const { session } = fakeSession(() => of(delivered));
      const source = cold<Chunk>(drawn, values);
      expectObservable(source.pipe(uploadChunk(session))).toBe(expected, { d: delivered });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('stops the source and leaves the uploads going when it is left', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions, flush }) => {
      // A session's work is hot: it goes on, whoever listens.
      const upload = hot('        -----d|', { d: event('delivered', 0, 2) });
      const { session, chunks } = fakeSession(() => upload);
      const source = cold<Chunk>('A-----A|', values);
      const left = '              ---!    ';
      expectObservable(source.pipe(uploadChunk(session)), left).toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^--!');
      expectObservable(upload).toBe('    -----d|', { d: event('delivered', 0, 2) });
      flush();
      expect(chunks).toHaveLength(1);
    });
  });

  it("errors with the session's own error for frames that it cannot take", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const { session } = fakeSession(() => NEVER);
      const source = cold<Chunk>('A-e-A|', { ...values, e: [] });
      const refused = new InputError('chunk', [], 'must hold frames');
      expectObservable(source.pipe(uploadChunk(session))).toBe('--#', undefined, refused);
      expectSubscriptions(source.subscriptions).toBe('       ^-!');
    });
  });

  it('takes a chunk that comes while the events of another are handled', () => {
    const { session, chunks } = fakeSession((index, items) => of(event('accepted', index, items)));
    const source = new Subject<Chunk>();
    const received: string[] = [];
    source.pipe(uploadChunk(session), map(named)).subscribe((name) => {
      received.push(name);
      if (received.length === 1) source.next(values.B);
    });
    source.next(values.A);
    expect([received, chunks.length]).toEqual([['accepted 0x2', 'accepted 1x1'], 2]);
  });

  it('stops a synchronous source that was left', () => {
    const { session, chunks } = fakeSession((index, items) => of(event('accepted', index, items)));
    const endless = (function* () {
      for (;;) yield values.A;
    })();
    concat(endless, NEVER).pipe(uploadChunk(session), take(2)).subscribe();
    expect(chunks).toHaveLength(2);
  });

  it("works behind rxjs's own bufferCount and our operators: only the last chunk is short", () => {
    marbles(({ cold, expectObservable, flush }) => {
      const { session, chunks } = fakeSession((index, items) => cold('-(d|)', { d: event('delivered', index, items) }));
      const budget = new Budget(1e6);
      const run = frames(5, { fps: 100 });
      const [a, b, c, d, e] = run;
      const source = cold<Frame>('(abcde|)               ', { a, b, c, d, e } as Record<string, Frame>);
      const expected = '          11ms x 19ms y 9ms (z|)';
      const events = source.pipe(toGray8(), paceAt(100, { budget }), bufferCount(2), uploadChunk(session), map(named));
      expectObservable(events).toBe(expected, { x: 'delivered 0x2', y: 'delivered 1x2', z: 'delivered 2x1' });
      flush();
      expect(chunks).toEqual([run.slice(0, 2), run.slice(2, 4), run.slice(4)]);
      expect(budget.used).toBe(0);
    });
  });
});
