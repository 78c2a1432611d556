import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromCsvLog } from '../../../src/sources/fromCsvLog.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epistream-dialects-'));
});
afterAll(() => rm(folder, { recursive: true }));

const dialects = fc.record({
  dateOrder: fc.constantFrom('dmy', 'mdy', 'ymd'),
  separator: fc.constantFrom('/', '-', '.'),
  decimal: fc.constantFrom('.', ','),
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  zipped: fc.boolean(),
  twoColumns: fc.boolean(),
  quoted: fc.boolean(),
  mark: fc.boolean(),
  preamble: fc.nat(3),
  units: fc.constantFrom('()', '[]', ''),
  elapsed: fc.boolean(),
});
type Dialect = typeof dialects extends fc.Arbitrary<infer D> ? D : never;

const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
const rows = fc.array(
  fc.record({ after: fc.nat(86_400_000), cells: fc.tuple(fc.option(numbers), fc.option(numbers), fc.option(numbers)) }),
  { maxLength: 20 },
);

const first = Date.UTC(2023, 2, 20);
const channels = ['T', 'p x', 'Ga_Sh'];

const two = (number: number) => `${number}`.padStart(2, '0');

/** A date and a time in UTC, as a program of that dialect writes them. */
const timeText = (t: number, { dateOrder, separator, decimal }: Dialect): readonly [string, string] => {
  const at = new Date(t);
  const parts = { d: two(at.getUTCDate()), m: two(at.getUTCMonth() + 1), y: `${at.getUTCFullYear()}` };
  const date = [...dateOrder].map((part) => parts[part as 'd']).join(separator);
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return [date, `${clock}${decimal}${`${at.getUTCMilliseconds()}`.padStart(3, '0')}`];
};

const numberText = (value: number | null, { decimal }: Dialect) =>
  value === null ? '' : `${value}`.replace('.', decimal);

const timeCells = (t: number, dialect: Dialect): readonly string[] => {
  if (dialect.elapsed) return [numberText((t - first) / 1000, dialect)];
  const texts = timeText(t, dialect);
  return dialect.twoColumns ? texts : [texts.join(' ')];
};

const unitsOf = (channel: string, { units }: Dialect) =>
  units === '' ? channel : `${channel} ${units[0]}mbar l/s${units[1]}`;

const tableText = (table: readonly { t: number; cells: readonly (number | null)[] }[], dialect: Dialect) => {
  const { delimiter, lineEnd, quoted, mark, preamble } = dialect;
  // Where the decimals would be cells of their own, a program quotes.
  const quote = (cell: string) => (quoted || cell.includes(delimiter) ? `"${cell}"` : cell);
  const times = !dialect.elapsed && dialect.twoColumns ? ['Date', 'Time'] : ['Time'];
  const header = [...times, ...channels.map((channel) => unitsOf(channel, dialect))];
  const body = table.map(({ t, cells }) => [
    ...timeCells(t, dialect),
    ...cells.map((cell) => numberText(cell, dialect)),
  ]);
  const lines = [
    ...Array(preamble).fill(`"what, ever;`),
    ...[header, ...body].map((row) => row.map(quote).join(delimiter)),
  ];
  return `${mark ? '\uFEFF' : ''}${lines.map((line) => line + lineEnd).join('')}`;
};

describe('a log of any dialect', () => {
  it('reads back as it was written', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    let count = 0;
    await fc.assert(
      fc.asyncProperty(dialects, rows, async (dialect, steps) => {
        fc.pre(dialect.delimiter !== dialect.decimal);
        let t = first;
        const table = steps.map(({ after, cells }) => {
          t += after;
          return { t, cells };
        });
        const path = join(folder, `${count++}.csv`);
        const text = tableText(table, dialect);
        await writeFile(path, dialect.zipped ? gzipSync(text) : text);
        const { decimal, delimiter, preamble, dateOrder } = dialect;
        const read: unknown[] = [];
        await fromCsvLog(path, {
          ...{ decimal, delimiter, preamble, onNotice: () => {} },
          ...(dialect.elapsed ? { start: first } : { dateOrder, timeZone: 'UTC' }),
          ...(!dialect.elapsed && dialect.twoColumns ? { time: ['Date', 'Time'] } : {}),
        }).forEach((sample) => void read.push(sample));
        const always = { timeBase: 'recorded', ...(dialect.units === '' ? {} : { units: 'mbar l/s' }) };
        const written = table.flatMap((row) =>
          row.cells.flatMap((value, index) =>
            value === null ? [] : [{ channel: channels[index], t: row.t, value, ...always }],
          ),
        );
        expect(read).toEqual(written);
      }),
      { seed, numRuns: 100 },
    );
  });
});
