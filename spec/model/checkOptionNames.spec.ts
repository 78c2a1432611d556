import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import {
  connect,
  fromCsvLog,
  fromEpicLog,
  fromLines,
  fromMqtt,
  fromMsgpack,
  TimeseriesStreamer,
} from '../../src/index.js';
import { checkOptionNames } from '../../src/model/checkOptionNames.js';
import { InputError } from '../../src/model/errors.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';

/** A script's misspelt options, as they come without a compiler. */
const wrong = (options: object) => options as never;

describe('An option that there is none of', () => {
  it('is refused by its name, with those that there are', () => {
    expect(() => checkOptionNames('a gauge', { baud: 9600 }, ['bits', 'parity'])).toThrow(
      'baud is not an option of a gauge (bits, parity), and is 9600',
    );
    expect(() => checkOptionNames('a gauge', undefined, [])).toThrow('options must be the options of a gauge');
    expect(() => checkOptionNames('a gauge', { bits: 8 }, ['bits', 'parity'])).not.toThrow();
  });

  it.each<[string, () => unknown]>([
    ['apikey', () => connect(wrong({ apikey: 'k', spool: false }))],
    ['points_per_chunk', () => new TimeseriesStreamer(wrong({ apiKey: 'k', spool: false, points_per_chunk: 3 }))],
    ['points_per_chunk', () => new TimeseriesStreamer(wrong({ platform: fakePlatform(), points_per_chunk: 3 }))],
    ['timezone', () => fromCsvLog('a.csv', wrong({ timezone: 'UTC' }))],
    ['timezone', () => fromEpicLog('logs', wrong({ timezone: 'UTC' }))],
    ['silence', () => fromLines(Readable.from([]), () => undefined, wrong({ silence: 1 }))],
    ['silence', () => fromMsgpack(Readable.from([]), wrong({ silence: 1 }))],
    ['topic', () => fromMqtt('mqtt://lab', wrong({ topic: 'a' }))],
    ['options', () => fromMqtt('mqtt://lab', undefined as never)],
  ])('is refused: %s', (field, make) => {
    expect(make).toThrow(expect.objectContaining({ _tag: 'InputError', context: expect.objectContaining({ field }) }));
    expect(make).toThrow(InputError);
  });
});
