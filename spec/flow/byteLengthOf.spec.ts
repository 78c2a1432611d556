import { describe, expect, it } from '@jest/globals';
import { byteLengthOf } from '../../src/flow/byteLengthOf.js';
import { grayFrame } from '../../src/testing/grayFrame.js';

describe('byteLengthOf', () => {
  it.each([
    ['a frame', grayFrame({ width: 4, height: 3 }), 12],
    ['a 16-bit frame', { width: 2, height: 1, format: 'gray16', data: new Uint16Array(2) }, 4],
    ['a chunk', { frames: [grayFrame(), grayFrame()] }, 24],
    ['an array of frames', [grayFrame(), grayFrame(), grayFrame()], 36],
    ['nothing', [], 0],
    ['a view', new Uint8Array(100).subarray(10, 20), 10],
    ['a Float64Array', new Float64Array(3), 24],
    ['a string', 'frame', 0],
    ['null', null, 0],
    ['undefined', undefined, 0],
    ['an object of another kind', { data: 'x', frames: 3 }, 0],
  ])('counts %s', (_, item, bytes) => {
    expect(byteLengthOf(item)).toBe(bytes);
  });
});
