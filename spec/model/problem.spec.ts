import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { IngestError, InputError, ShardError } from '../../src/model/errors.js';
import { toProblem } from '../../src/model/problem.js';

describe('toProblem', () => {
  it.each([
    [
      'bad input, with its field',
      new InputError('fps', 0, 'must be above 0'),
      { tag: 'InputError', message: 'fps must be above 0, and is 0', field: 'fps' },
    ],
    [
      'an error of this library',
      new ShardError('index', 'is cut short'),
      { tag: 'ShardError', message: "the shard's index is cut short" },
    ],
    [
      'an error of somebody else',
      new RangeError('camera unplugged'),
      { tag: 'RangeError', message: 'camera unplugged' },
    ],
    ['a text', 'camera unplugged', { tag: 'Error', message: 'camera unplugged' }],
    ['nothing', undefined, { tag: 'Error', message: 'undefined' }],
    ['null', null, { tag: 'Error', message: 'null' }],
    [
      'a status in a context',
      Object.assign(new Error('no'), { context: { status: 503 } }),
      { tag: 'Error', message: 'no', status: 503 },
    ],
  ])('takes %s', (_, error, problem) => {
    expect(toProblem(error)).toEqual(problem);
  });

  it('takes the problem over that an error of the platform carries', () => {
    const problem = { tag: 'IngestError', message: 'put: answered 403', status: 403 };
    const error = new IngestError('put: answered 403', { step: 'put', from: 'storage', status: 403, problem });
    expect(toProblem(error)).toBe(problem);
  });

  it('takes nothing else over: no cause, no stack, no request', () => {
    const cause = Object.assign(new Error('socket'), { url: 'https://store/?signature=s3cret' });
    const error = Object.assign(new Error('put failed', { cause }), { config: { headers: { key: 's3cret' } } });
    const problem = toProblem(error);
    expect(Object.keys(problem)).toEqual(['tag', 'message']);
    expect(inspect(problem, { depth: 9 })).not.toContain('s3cret');
  });

  it('makes of anything that is thrown what survives a journal', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer(), fc.constant(undefined), fc.bigInt()), (thrown) => {
        const problem = toProblem(thrown);
        expect(JSON.parse(JSON.stringify(problem))).toEqual(problem);
        expect(problem.message).toBe(String(thrown));
      }),
    );
  });
});
