import { InvalidArgumentError } from 'commander';
import type { SampleFlag } from '../model/sample.js';

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

/** A channel that is read from a file of its own. */
export interface ChannelFile {
  readonly channel: string;
  readonly path: string;
  readonly units: string;
}

/** How it reads NAME=PATH:UNITS. A path of Windows has a colon, too, and no unit begins like what follows that. */
export const channelFile = (text: string, others: readonly ChannelFile[] = []): readonly ChannelFile[] => {
  const named = text.indexOf('=');
  const colon = text.lastIndexOf(':');
  const channel = text.slice(0, Math.max(named, 0)).trim();
  const path = text.slice(named + 1, Math.max(colon, 0));
  const units = text.slice(colon + 1).trim();
  if (channel === '' || path.trim() === '' || units === '' || colon < named || /^[\\/]/.test(units))
    throw new InvalidArgumentError(
      'It must be NAME=PATH:UNITS, such as pressure=gauge.csv:mbar (units 1 for a plain number).',
    );
  if (others.some((other) => other.channel === channel))
    throw new InvalidArgumentError(`There are two channels called ${channel}.`);
  return [...others, { channel, path, units }];
};

const flags: readonly string[] = ['over-range', 'under-range', 'not measured'] satisfies readonly SampleFlag[];

/** How it reads CODE=FLAG, what an instrument writes when it has no value, and why it has none. */
export const sentinel = (
  text: string,
  others: Readonly<Record<string, SampleFlag>> = {},
): Readonly<Record<string, SampleFlag>> => {
  const [, code = '', flag = ''] = /^(.+)=([^=]+)$/.exec(text) ?? [];
  if (!flags.includes(flag))
    throw new InvalidArgumentError('It must be CODE=FLAG, such as 9.9E+9=over-range (or under-range, "not measured").');
  return { ...others, [code]: flag as SampleFlag };
};
