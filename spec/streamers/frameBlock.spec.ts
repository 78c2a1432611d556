import { describe, expect, it } from '@jest/globals';
import { InputError } from '../../src/model/errors.js';
import { framesOf } from '../../src/streamers/frameBlock.js';
import { frames } from '../../src/testing/frames.js';

const ramp = (length: number) => Uint8Array.from({ length }, (_, i) => i);

const refusal = (block: unknown, captureStartMs?: number): InputError => {
  try {
    framesOf(block as never, 10, captureStartMs);
  } catch (error) {
    return error as InputError;
  }
  throw new Error('nothing was refused');
};

describe('the frames of a block', () => {
  it('are slices of its buffer, by its shape [N, H, W]', () => {
    const data = ramp(24);
    const cut = framesOf({ data, shape: [2, 3, 4] }, 10);
    expect(cut).toEqual([
      { width: 4, height: 3, format: 'gray8', data: ramp(12) },
      { width: 4, height: 3, format: 'gray8', data: ramp(24).subarray(12) },
    ]);
    for (const frame of cut) expect(frame.data.buffer).toBe(data.buffer);
  });

  it('are one for a shape [H, W]', () => {
    expect(framesOf({ data: ramp(12), shape: [3, 4] }, 10)).toEqual([
      { width: 4, height: 3, format: 'gray8', data: ramp(12) },
    ]);
  });

  it('are slices of a view where it is in its buffer', () => {
    const view = ramp(100).subarray(50, 62);
    expect(framesOf({ data: view, shape: [2, 2, 3] }, 10).map(({ data }) => [...data])).toEqual([
      [50, 51, 52, 53, 54, 55],
      [56, 57, 58, 59, 60, 61],
    ]);
  });

  it('are frames that are given, as they are', () => {
    const given = frames(3);
    expect(framesOf(given, 10)).toEqual(given);
    expect(framesOf(given, 10)[0]).toBe(given[0]);
  });

  it('follow one another at the frame rate from captureStartMs on', () => {
    const cut = framesOf({ data: ramp(24), shape: [4, 2, 3] }, 8, 1000);
    expect(cut.map(({ capturedAt }) => capturedAt)).toEqual([1000, 1125, 1250, 1375]);
    expect(framesOf(frames(2), 8, 0).map(({ capturedAt }) => capturedAt)).toEqual([0, 125]);
  });

  it('have no time without it', () => {
    expect(framesOf({ data: ramp(6), shape: [2, 3] }, 8)[0]).not.toHaveProperty('capturedAt');
  });

  it.each([
    ['too few bytes', { data: ramp(23), shape: [2, 3, 4] }],
    ['too many bytes', { data: ramp(25), shape: [2, 3, 4] }],
    ['another type', { data: new Uint16Array(24), shape: [2, 3, 4] }],
    ['a shape of one side', { data: ramp(24), shape: [24] }],
    ['a shape of four sides', { data: ramp(24), shape: [1, 2, 3, 4] }],
    ['a side of nothing', { data: ramp(0), shape: [0, 3, 4] }],
    ['a side of less', { data: ramp(24), shape: [2, -3, -4] }],
    ['a broken side', { data: ramp(24), shape: [2, 2.4, 5] }],
    ['a shape that is none', { data: ramp(24), shape: 24 }],
    ['no shape', { data: ramp(24) }],
    ['bytes alone', ramp(24)],
    ['nothing', undefined],
  ])('are refused with %s', (_, block) => {
    expect(refusal(block)).toBeInstanceOf(InputError);
    expect(refusal(block).context.field).toBe('frames');
  });

  it('are refused with a buffer that was transferred away', () => {
    const data = ramp(24);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    expect(refusal({ data, shape: [2, 3, 4] }).message).toBe(
      'frames must hold exactly the values of its shape [2, 3, 4], and is Uint8Array(0 bytes)',
    );
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [new Date(0) as never]])(
    'are refused at a captureStartMs of %s',
    (captureStartMs) => {
      expect(refusal(frames(1), captureStartMs).context.field).toBe('captureStartMs');
    },
  );
});
