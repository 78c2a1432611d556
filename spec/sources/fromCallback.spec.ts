import { describe, expect, it } from '@jest/globals';
import { take } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { Budget } from '../../src/flow/budget.js';
import type { Frame } from '../../src/model/frame.js';
import { type FromCallbackEnd, type FromCallbackOptions, fromCallback } from '../../src/sources/fromCallback.js';

type Gray = Frame<'gray8'>;

const frame = (data: Uint8Array, more: Partial<Gray> = {}): Gray => ({
  width: data.length,
  height: 1,
  format: 'gray8',
  data,
  ...more,
});

/** A camera that writes every frame into one buffer, and what came of its frames. */
const run = (options: Partial<FromCallbackOptions> = {}) => {
  const buffer = new Uint8Array(4);
  const seen = { frames: [] as Gray[], ended: '', stopped: 0 };
  let push!: (frame: Gray) => void;
  let end!: FromCallbackEnd;
  const subscription = fromCallback<'gray8'>(
    (...handles) => {
      [push, end] = handles;
      return () => seen.stopped++;
    },
    { overflow: 'drop-newest', budget: new Budget(100), ...options },
  ).subscribe({
    next: (taken) => seen.frames.push(taken),
    error: (error) => {
      seen.ended = error._tag ?? error.message;
    },
    complete: () => {
      seen.ended = 'complete';
    },
  });
  const shoot = (level: number, more?: Partial<Gray>) =>
    push(frame(buffer.fill(level), { capturedAt: level, ...more }));
  return { buffer, seen, push, end, shoot, subscription };
};

const pixels = ({ frames }: { frames: readonly Frame[] }) => frames.map(({ data }) => data[0]);

describe('fromCallback', () => {
  it('keeps the exact bytes of a buffer that the camera writes to again', () => {
    const { seen, shoot } = run();
    for (const level of [1, 2, 3]) shoot(level);
    expect(pixels(seen)).toEqual([1, 2, 3]);
  });

  it('keeps the exact 16-bit values of a view into a bigger buffer', () => {
    const ring = Uint16Array.of(1, 2, 60_000, 65_535, 5);
    const taken: Frame[] = [];
    fromCallback<'gray16'>(
      (push) => push({ width: 2, height: 1, format: 'gray16', data: ring.subarray(2, 4), bits: 16 }),
      { overflow: 'error', mayKeepBuffer: true },
    ).subscribe((one) => taken.push(one));
    ring.fill(0);
    expect(taken[0]?.data).toEqual(Uint16Array.of(60_000, 65_535));
    expect(taken[0]?.data.buffer.byteLength).toBe(4);
  });

  it('copies out of shared memory', () => {
    const { seen, push } = run();
    const shared = new Uint8Array(new SharedArrayBuffer(3)).fill(7);
    push(frame(shared));
    shared.fill(0);
    expect(seen.frames[0]?.data).toEqual(Uint8Array.of(7, 7, 7));
    expect(seen.frames[0]?.data.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it('copies a Buffer to a plain array', () => {
    const { seen, push } = run();
    push(frame(Buffer.from([1, 2])));
    expect(seen.frames[0]?.data.constructor).toBe(Uint8Array);
  });

  it('keeps a buffer of its own that it may keep', () => {
    const { seen, push } = run({ mayKeepBuffer: true });
    const data = Uint8Array.of(1, 2);
    push(frame(data));
    expect(seen.frames[0]?.data).toBe(data);
  });

  it('hands on a detached buffer as it is, for the sink to refuse', () => {
    const { seen, push } = run();
    const data = Uint8Array.of(1, 2);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    push({ ...frame(data), width: 2 });
    expect([seen.frames[0]?.data.length, seen.ended]).toEqual([0, '']);
  });

  it.each([
    ['floats', Float32Array.of(0.5, 300, -1, 7)],
    ['signed counts', Int16Array.of(1, 300, -1, 7)],
    ['a plain array', [1, 2, 3, 4]],
    ['no pixels', undefined],
  ])('hands on %s as they are, for the sink to refuse', (_, data) => {
    for (const mayKeepBuffer of [true, false]) {
      const { seen, push } = run({ mayKeepBuffer });
      push({ width: 4, height: 1, format: 'gray8', data: data as never });
      expect([seen.frames[0]?.data, seen.ended]).toEqual([data, '']);
    }
  });

  it('hands on what is no frame, for the sink to refuse', () => {
    const { seen, push } = run();
    push(undefined as never);
    expect([seen.frames[0]?.format, seen.ended]).toEqual([undefined, '']);
  });

  it('keeps what the camera knows, and stamps the arrival on every frame', () => {
    const { seen, push } = run({ clock: { scheduler: new TestScheduler(() => {}), wallMs: () => 1234 } });
    push(frame(Uint8Array.of(1), { frameId: 9, deviceTicks: 5n, gain: 2 }));
    push(frame(Uint8Array.of(2), { capturedAt: 7 }));
    push(frame(Uint8Array.of(3), { arrivedAt: 99 }));
    expect(seen.frames).toEqual([
      frame(Uint8Array.of(1), { frameId: 9, deviceTicks: 5n, gain: 2, arrivedAt: 1234 }),
      frame(Uint8Array.of(2), { capturedAt: 7, arrivedAt: 1234 }),
      frame(Uint8Array.of(3), { arrivedAt: 99 }),
    ]);
  });

  it('drops what comes while the budget is full, and says so on the next frame', () => {
    const budget = new Budget(100);
    const { seen, shoot } = run({ budget });
    const stalled = budget.account();
    shoot(1);
    stalled.charge(100);
    for (const level of [2, 3, 4]) shoot(level);
    stalled.release(100);
    shoot(5);
    shoot(6);
    expect(pixels(seen)).toEqual([1, 5, 6]);
    expect(seen.frames.map(({ gapBefore }) => gapBefore)).toEqual([
      undefined,
      { frames: 3, fromMs: 2, toMs: 4, cause: 'policy' },
      undefined,
    ]);
  });

  it('lets the newest dropped frame through with its own bytes when the camera ends in a gap', () => {
    const budget = new Budget(100);
    const { seen, shoot, end, buffer } = run({ budget });
    budget.account().charge(100);
    for (const level of [2, 3]) shoot(level);
    buffer.fill(99);
    end.complete();
    expect(pixels(seen)).toEqual([3]);
    expect([seen.frames[0]?.gapBefore?.frames, seen.ended]).toEqual([1, 'complete']);
  });

  it('fails with a BudgetError and stops the camera, when it is told to', () => {
    const budget = new Budget(100);
    const { seen, shoot } = run({ budget, overflow: 'error' });
    shoot(1);
    budget.account().charge(100);
    shoot(2);
    shoot(3);
    expect([pixels(seen), seen.ended, seen.stopped]).toEqual([[1], 'BudgetError', 1]);
  });

  it('stops the camera when it completes, fails, or is left, and takes nothing more', () => {
    const endings = [
      ({ end }: ReturnType<typeof run>) => end.complete(),
      ({ end }: ReturnType<typeof run>) => end.fail(new Error('unplugged')),
      ({ subscription }: ReturnType<typeof run>) => subscription.unsubscribe(),
    ].map((finish) => {
      const camera = run();
      camera.shoot(1);
      finish(camera);
      camera.shoot(2);
      camera.end.complete();
      return [pixels(camera.seen), camera.seen.ended, camera.seen.stopped];
    });
    expect(endings).toEqual([
      [[1], 'complete', 1],
      [[1], 'unplugged', 1],
      [[1], '', 1],
    ]);
  });

  it('stops a camera that was left while it was starting', () => {
    const seen: unknown[] = [];
    fromCallback<'gray8'>(
      (push) => {
        for (const level of [1, 2, 3]) push(frame(Uint8Array.of(level)));
        return () => seen.push('stopped');
      },
      { overflow: 'error' },
    )
      .pipe(take(2))
      .subscribe(({ data }) => seen.push(data[0]));
    expect(seen).toEqual([1, 2, 'stopped']);
  });

  it('fails with what the start throws', () => {
    const seen: unknown[] = [];
    const start = () => {
      throw new Error('no such camera');
    };
    fromCallback(start, { overflow: 'error' }).subscribe({ error: ({ message }) => seen.push(message) });
    expect(seen).toEqual(['no such camera']);
  });

  it.each([
    [() => {}, undefined, 'overflow'],
    [() => {}, {}, 'overflow'],
    [() => {}, { overflow: 'drop-oldest' }, 'overflow'],
    [undefined, { overflow: 'error' }, 'start'],
  ])('refuses a start of %p with options %p at the call, naming %s', (start, options, field) => {
    expect(() => fromCallback(start as never, options as never)).toThrow(
      expect.objectContaining({ _tag: 'InputError', context: expect.objectContaining({ field }) }),
    );
  });
});
