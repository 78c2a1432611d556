import { describe, expect, it } from '@jest/globals';
import { plainError } from '../../src/cli/plainError.js';
import { ImageError, InputError } from '../../src/model/errors.js';

describe('plainError', () => {
  it.each<[unknown, string]>([
    [new InputError('fps', 0, 'must be above 0'), 'error: --fps must be above 0, and is 0'],
    [new InputError('input', 'x/', 'must exist'), 'error: INPUT must exist, and is "x/"'],
    [new InputError('window', undefined, 'must be [lo, hi]'), 'error: --window must be LO:HI'],
    [new InputError('data', 1, 'must be bytes'), 'error: data must be bytes, and is 1'],
    [new ImageError('a.png', 'it is cut short'), 'error: cannot read a.png as a frame: it is cut short'],
    [new Error('two\n  lines'), 'error: two lines'],
    ['a string', 'error: a string'],
  ])('says %s in one sentence, in the words of the command line', (error, sentence) => {
    expect(plainError(error)).toBe(sentence);
  });
});
