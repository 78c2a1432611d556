import { InvalidArgumentError } from 'commander';

/** How the command line reads a number. */
export const numeric = (text: string): number => {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(number)) return number;
  throw new InvalidArgumentError('It must be a number.');
};

/** How it reads the counts that become black and white. */
export const window = (text: string): readonly [number, number] | 'first-frame' => {
  if (text === 'first-frame') return text;
  const [lo, hi, ...others] = text.split(':');
  if (lo === undefined || hi === undefined || others.length > 0)
    throw new InvalidArgumentError('It must be LO:HI, such as 0:4095, or first-frame.');
  return [numeric(lo), numeric(hi)];
};

const isoWithZone = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** How it reads a moment: ms UTC. */
export const time = (text: string): number => {
  const ms = /^\d+$/.test(text)
    ? Number(text)
    : isoWithZone.test(text) && isDay(text.slice(0, 10))
      ? Date.parse(text)
      : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw new InvalidArgumentError('It must be like 2026-03-01T14:30:00+01:00, with a zone, or ms since 1970.');
};

/** `Date.parse` makes 2 March of 30 February. */
const isDay = (day: string): boolean => {
  const ms = Date.parse(day);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(day);
};

/** An option that may be given several times. */
export const several = (one: string, others: readonly string[] = []): readonly string[] => [...others, one];
