import { describe, expect, it } from '@jest/globals';
import { unusedFlags } from '../../src/cli/unusedFlags.js';
import type { Frame } from '../../src/model/frame.js';
import type { PixelFormat } from '../../src/model/pixelFormat.js';

const frameOf = (format: PixelFormat) => ({ width: 1, height: 1, format, data: new Uint8Array(4) }) as Frame;

describe('flags that change nothing', () => {
  it.each([
    [{ window: [0, 50] }, 'gray8', '--window: there is nothing to change in 8-bit gray frames'],
    [{ bits: 12, from: 'mean' }, 'gray8', '--bits and --from: there is nothing to change in 8-bit gray frames'],
    [{ window: 'first-frame' }, 'rgb8', '--window: there is nothing to change in colour frames'],
    [{ from: 'red' }, 'gray16', '--from: there is nothing to change in 16-bit gray frames'],
    [{ window: [0, 50] }, 'gray16', undefined],
    [{ from: 'red' }, 'bgra8', undefined],
    [{}, 'gray8', undefined],
  ] as const)('%j with %s: %s', (options, format, said) => {
    expect(unusedFlags(options, frameOf(format))).toBe(said);
  });
});
