import { describe, expect, it } from '@jest/globals';
import * as t from 'io-ts';
import { decodeRequest } from '../../src/server/decodeRequest.js';

const Body = t.intersection([t.type({ points: t.array(t.number) }), t.partial({ units: t.union([t.string, t.null]) })]);

const detailOf = (input: unknown, where?: string): unknown => {
  try {
    return decodeRequest(Body, input, where);
  } catch (error) {
    return (error as { context: unknown }).context;
  }
};

describe('decodeRequest', () => {
  it('gives back what decodes', () => {
    expect(decodeRequest(Body, { points: [1], units: null })).toEqual({ points: [1], units: null });
  });

  it('names the field, down to its place in a list, as FastAPI does', () => {
    expect(detailOf({ points: [1, 'two'] })).toEqual({
      status: 422,
      detail: [{ loc: ['body', 'points', '1'], msg: 'must be number' }],
    });
  });

  it('says where it looked', () => {
    expect(detailOf({ points: [], units: 7 }, 'query')).toEqual({
      status: 422,
      detail: [
        { loc: ['query', 'units'], msg: 'must be string' },
        { loc: ['query', 'units'], msg: 'must be null' },
      ],
    });
  });

  it('names at most twenty of many faults', () => {
    const { detail } = detailOf({ points: Array.from({ length: 50 }, String) }) as { detail: unknown[] };
    expect(detail).toHaveLength(20);
  });
});
