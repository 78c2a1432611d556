import { describe, expect, it } from '@jest/globals';
import { parsePayload } from '../../../src/sources/mqtt/parsePayload.js';

const parse = (text: string) => parsePayload({ text });

describe('parsePayload', () => {
  it.each([
    ['23.5', 23.5],
    [' -1.2E-9\r\n', -1.2e-9],
    ['+7', 7],
    ['.5', 0.5],
    ['5.', 5],
    ['NaN', Number.NaN],
    ['nan', Number.NaN],
    ['true', 1],
    ['false', 0],
    ['null', Number.NaN],
    ['{"value":1e3}', 1000],
    ['{"value":null,"t":null,"units":null,"more":[]}', Number.NaN],
    ['{"value":true}', 1],
  ])('reads %p', (text, value) => {
    expect(parse(text)).toEqual({ value });
  });

  it('reads times and units', () => {
    expect(parse('{"value":1,"t":1686529404656,"units":"C"}')).toEqual({ value: 1, t: 1_686_529_404_656, units: 'C' });
    const times = ['2023-06-12T00:23:24.656Z', '2023-06-12T02:23:24.656+02:00', '2023-06-12T02:23:24.656+0200'];
    for (const t of times) expect(parse(JSON.stringify({ value: 1, t }))).toEqual({ value: 1, t: 1_686_529_404_656 });
  });

  it('says nothing for an empty message', () => {
    expect([parse(''), parse(' \n')]).toEqual([undefined, undefined]);
  });

  it.each([
    'on',
    '23,5',
    '0x10',
    '23.5 C',
    'Infinity',
    '[1]',
    '"23.5"',
    '{"value":"23.5"}',
    '{}',
    '{"value":NaN}',
    '{"value":1,"t":"2023-06-12T00:23:24"}',
    '{"value":1,"t":"12/06/2023"}',
    '{"value":1,"t":true}',
    '{"value":1,"units":7}',
  ])('refuses %s', (text) => {
    expect(() => parse(text)).toThrow();
  });
});
