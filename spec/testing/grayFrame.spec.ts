import { describe, expect, it } from '@jest/globals';
import { grayFrame } from '../../src/testing/grayFrame.js';

describe('grayFrame', () => {
  it('is 4 x 3 pixels that count up from the frame id', () => {
    expect(grayFrame({ frameId: 250 })).toEqual({
      width: 4,
      height: 3,
      format: 'gray8',
      frameId: 250,
      data: Uint8Array.of(250, 251, 252, 253, 254, 255, 0, 1, 2, 3, 4, 5),
    });
  });

  it('takes everything else as it is given', () => {
    const data = new Uint8Array(2);
    const frame = grayFrame({ width: 2, height: 1, data, capturedAt: 3 });
    expect(frame).toEqual({ width: 2, height: 1, format: 'gray8', data, capturedAt: 3 });
    expect(frame.data).toBe(data);
  });
});
