import { describe, expect, it } from '@jest/globals';
import { InputError } from '../../../src/model/errors.js';
import { type LogTimeOptions, logTime } from '../../../src/sources/csv/logTime.js';

const read = (text: string, options: LogTimeOptions = {}): number => logTime(options, '.')()(text);
const iso = (text: string, options: LogTimeOptions = {}): string => new Date(read(text, options)).toISOString();
const utc = { timeZone: 'UTC' } as const;
const berlin = { dateOrder: 'dmy', timeZone: 'Europe/Berlin' } as const;

const inputError = (run: () => unknown): InputError => {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('there was no error');
};

describe('logTime', () => {
  it.each([
    ['12/06/2023 02:23:24.656', 'dmy', '2023-06-12T02:23:24.656Z'],
    ['12/06/2023 02:23:24.656', 'mdy', '2023-12-06T02:23:24.656Z'],
    ['12.6.2023 2:23', 'dmy', '2023-06-12T02:23:00.000Z'],
    ['12-06-23, 02:23:24,5', 'dmy', '2023-06-12T02:23:24.500Z'],
    ['23/06/12 02:23:24', 'ymd', '2023-06-12T02:23:24.000Z'],
    ['6/12/2023 12:00:01 AM', 'mdy', '2023-06-12T00:00:01.000Z'],
    ['6/12/2023 12:00:01 pm', 'mdy', '2023-06-12T12:00:01.000Z'],
    ['6/12/2023 11:59:59PM', 'mdy', '2023-06-12T23:59:59.000Z'],
    ['29/02/2024 00:00:00', 'dmy', '2024-02-29T00:00:00.000Z'],
  ] as const)('reads %s in the order %s', (text, dateOrder, expected) => {
    expect(iso(text, { dateOrder, ...utc })).toBe(expected);
  });

  it.each(['2023-06-12T02:23:24.656', '2023-06-12 02:23:24,656', '2023/06/12 02:23:24.656', '2023.6.12 2:23:24.656'])(
    'needs no order for %s, and takes none',
    (text) => {
      expect(iso(text, utc)).toBe('2023-06-12T02:23:24.656Z');
      expect(iso(text, { dateOrder: 'mdy', ...utc })).toBe('2023-06-12T02:23:24.656Z');
    },
  );

  it.each([
    ['2023-06-12T02:23:24.656Z', '2023-06-12T02:23:24.656Z'],
    ['2023-06-12T02:23:24.656+02:00', '2023-06-12T00:23:24.656Z'],
    ['2023-06-12 02:23:24.656 -0930', '2023-06-12T11:53:24.656Z'],
  ])('needs no zone for %s', (text, expected) => {
    expect(iso(text)).toBe(expected);
    expect(iso(text, { timeZone: 'Asia/Tokyo' })).toBe(expected);
  });

  it.each([
    '12/06/2023 00:00:01',
    '25/12/2023 00:00:01',
    '12/25/2023 00:00:01',
    '25.12.2023 00:00:01',
    '23-06-12 00:00:01',
  ])('refuses %s without an order, whether or not it could be read in one way only', (text) => {
    const { context } = inputError(() => read(text, utc));
    expect(context.field).toBe('dateOrder');
    expect(context.rule).toContain(text);
  });

  it('refuses a local time without a zone', () => {
    expect(inputError(() => read('2023-06-12 00:00:01')).context.field).toBe('timeZone');
  });

  it.each([
    ['a text', 'hello'],
    ['a date alone', '12/06/2023'],
    ['a time alone', '02:23:24'],
    ['a month there is not', '12/13/2023 00:00:00'],
    ['a day there is not', '29/02/2023 00:00:00'],
    ['a day 0', '00/01/2023 00:00:00'],
    ['the hour 24', '12/06/2023 24:00:00'],
    ['the minute 60', '12/06/2023 00:60:00'],
    ['the hour 13 PM', '12/06/2023 13:00:00 PM'],
    ['the hour 0 AM', '12/06/2023 00:00:00 AM'],
    ['a year of three digits', '12/06/202 00:00:00'],
    ['two separators', '12/06-2023 00:00:00'],
    ['more after it', '12/06/2023 00:00:00.000.1'],
    ['nothing', ''],
  ])('says of %s that it is none, with its text', (_, text) => {
    expect(() => read(text, berlin)).toThrow(`"${text}"`);
    expect(() => read(text, berlin)).not.toThrow(InputError);
  });

  it('reads microseconds', () => {
    expect(read('1970-01-01 00:00:01.6561234', utc)).toBe(1656.1234);
  });

  it.each([
    ['12/06/2023 02:23:24.656', '2023-06-12T00:23:24.656Z'],
    ['12/01/2023 02:23:24.656', '2023-01-12T01:23:24.656Z'],
  ])('reads %s in Berlin, in summer and in winter', (text, expected) => {
    expect(iso(text, berlin)).toBe(expected);
  });

  it('takes the first of the two moments of the hour that autumn repeats, until the clock has gone back', () => {
    const clock = logTime(berlin, '.')();
    const texts = ['01:59:59', '02:00:00', '02:30:00', '02:59:59', '02:00:00', '02:30:00', '02:59:59', '03:00:00'];
    expect(texts.map((text) => new Date(clock(`29/10/2023 ${text}`)).toISOString().slice(11, 19))).toEqual([
      '23:59:59',
      '00:00:00',
      '00:30:00',
      '00:59:59',
      '01:00:00',
      '01:30:00',
      '01:59:59',
      '02:00:00',
    ]);
  });

  it('resolves the repeated hour for each file by itself', () => {
    const clockOf = logTime(berlin, '.');
    const [first, second] = [clockOf(), clockOf()];
    first('29/10/2023 02:59:59');
    expect(new Date(second('29/10/2023 02:00:00')).toISOString()).toBe('2023-10-29T00:00:00.000Z');
    expect(new Date(first('29/10/2023 02:00:00')).toISOString()).toBe('2023-10-29T01:00:00.000Z');
  });

  it('does not go back with a row that is out of order outside that hour', () => {
    const clock = logTime(berlin, '.')();
    clock('12/06/2023 02:00:01');
    expect(new Date(clock('12/06/2023 02:00:00')).toISOString()).toBe('2023-06-12T00:00:00.000Z');
  });

  it('knows zones that change by half an hour', () => {
    const clock = logTime({ timeZone: 'Australia/Lord_Howe' }, '.')();
    const texts = ['2023-04-02 01:29:59', '2023-04-02 01:45:00', '2023-04-02 01:30:00', '2023-04-02 02:00:00'];
    expect(texts.map((text) => new Date(clock(text)).toISOString().slice(11, 19))).toEqual([
      '14:29:59',
      '14:45:00',
      '15:00:00',
      '15:30:00',
    ]);
  });

  it.each(['26/03/2023 02:00:00', '26/03/2023 02:59:59.999'])('refuses %s, an hour that spring leaves out', (text) => {
    expect(() => read(text, berlin)).toThrow('was on no clock of the zone');
    expect(iso('26/03/2023 01:59:59.999', berlin)).toBe('2023-03-26T00:59:59.999Z');
    expect(iso('26/03/2023 03:00:00', berlin)).toBe('2023-03-26T01:00:00.000Z');
  });

  it('reads seconds since a start, without the crumbs of binary fractions', () => {
    const start = Date.UTC(2023, 5, 12);
    const seconds = logTime({ start }, '.')();
    expect(['0', '2.3', '1.000001', '1e3', '-1'].map(seconds)).toEqual(
      [0, 2300, 1000.001, 1e6, -1000].map((after) => start + after),
    );
    expect(logTime({ start }, ',')()('2,3') - start).toBe(2300);
    const unix = logTime({ start: 0 }, '.')();
    expect(['1686529404.656', '1.001'].map(unix)).toEqual([1_686_529_404_656, 1001]);
    expect(() => seconds('12:00')).toThrow('"12:00" is no number of seconds');
    expect(() => seconds('NaN')).toThrow('no number of seconds');
  });

  it.each([
    ['dateOrder', { dateOrder: 'ydm' as 'dmy' }],
    ['dateOrder', { dateOrder: 'toString' as 'dmy' }],
    ['timeZone', { timeZone: 'Mars/Olympus' }],
    ['timeZone', { timeZone: '' }],
    ['start', { start: Number.NaN }],
    ['start', { start: 1_686_529_404 }],
  ])('refuses a wrong %s before anything is read', (field, options) => {
    expect(inputError(() => logTime(options, '.')).context.field).toBe(field);
  });
});
