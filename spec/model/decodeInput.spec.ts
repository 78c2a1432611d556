import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as t from 'io-ts';
import { decodeInput, rule } from '../../src/model/decodeInput.js';
import { InputError } from '../../src/model/errors.js';

const Even = rule('an even number', (value): value is number => typeof value === 'number' && value % 2 === 0);
const Options = t.intersection([t.type({ even: Even }), t.partial({ nested: t.type({ even: Even }) })]);

const refusal = (codec: t.Mixed, input: unknown): InputError => {
  try {
    decodeInput(codec, input, 'options');
  } catch (error) {
    return error as InputError;
  }
  throw new Error('nothing was refused');
};

describe('decodeInput', () => {
  it('gives back what obeys the rules', () => {
    expect(decodeInput(Options, { even: 2, nested: { even: 4 } }, 'options')).toEqual({ even: 2, nested: { even: 4 } });
  });

  it.each([
    ['a field', { even: 3 }, 'even', 3, 'even must be an even number, and is 3'],
    ['a missing field', {}, 'even', undefined, 'even must be an even number, and is undefined'],
    [
      'a field inside a field',
      { even: 2, nested: { even: 'no' } },
      'nested.even',
      'no',
      'nested.even must be an even number, and is "no"',
    ],
  ])('names %s at fault, its value and the rule', (_, input, field, value, message) => {
    const error = refusal(Options, input);
    expect(error).toBeInstanceOf(InputError);
    expect(error.context).toEqual({ field, value, rule: 'must be an even number' });
    expect(error.message).toBe(message);
  });

  it('calls the whole by the name it is given', () => {
    expect(refusal(Even, 'no').context.field).toBe('options');
  });

  it('decodes what its codec takes, refuses the rest, and throws nothing else', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        if (Options.is(input)) expect(decodeInput(Options, input, 'options')).toEqual(input);
        else expect(refusal(Options, input)).toBeInstanceOf(InputError);
      }),
    );
  });
});
