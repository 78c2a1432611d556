import { InputError } from '../../model/errors.js';
import type { SampleFlag } from '../../model/sample.js';
import { cellNumber, type DecimalMark } from './cellNumber.js';

/**
 * What an instrument writes when it has no value, and what it means by it: `{ '9.9E+9': 'over-range', '----': 'not measured' }`.
 * A number is one however it is written (`9.90E09`).
 */
export type Sentinels = Readonly<Record<string, SampleFlag>>;

const flags: readonly unknown[] = ['over-range', 'under-range', 'not measured'] satisfies readonly SampleFlag[];

/**
 * Finds the flag of a cell that is a sentinel, by its number or by its text.
 *
 * @internal
 */
export const sentinelFlag = (
  sentinels: Sentinels,
  decimal: DecimalMark,
): ((text: string, value: number | undefined) => SampleFlag | undefined) => {
  const byText = new Map<string, SampleFlag>();
  const byNumber = new Map<number, SampleFlag>();
  for (const [code, flag] of Object.entries(sentinels)) {
    if (!flags.includes(flag))
      throw new InputError('sentinels', flag, "must say 'over-range', 'under-range' or 'not measured'");
    // Whoever writes it in a program writes a point, who copies it from the log what is there.
    const number = cellNumber(decimal)(code) ?? cellNumber('.')(code);
    if (number === undefined) byText.set(code, flag);
    else byNumber.set(number, flag);
  }
  return (text, value) => (value === undefined ? byText.get(text) : byNumber.get(value));
};
