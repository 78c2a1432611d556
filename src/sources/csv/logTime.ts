import { checkTimeMs } from '../../model/checkTimeMs.js';
import { InputError } from '../../model/errors.js';
import { cellNumber, type DecimalMark } from './cellNumber.js';
import { zoneOffsets } from './zoneOffsets.js';

/** In which order day, month and year stand in a date: `12/06/2023` is 12 June for `'dmy'`, 6 December for `'mdy'`. */
export type DateOrder = 'dmy' | 'mdy' | 'ymd';

/** How a log writes its times. Nothing is guessed: what the text does not say must be given. */
export interface LogTimeOptions {
  /** Needed for every date that does not begin with a year of four digits, also for one that could be read in one way only. */
  readonly dateOrder?: DateOrder | undefined;
  /**
   * Whose local time the log is in, as an IANA name (`'Europe/Berlin'`, `'UTC'`). Needed for every time that does not end in `Z`
   * or an offset such as `+02:00`. In the hour that autumn repeats, a row is the first moment at which the clock showed its
   * time that is not before the row above it (for a row an hour a guess, so a notice tells of such an hour); a time in the hour
   * that spring leaves out is an error.
   */
  readonly timeZone?: string | undefined;
  /** The times are seconds since this moment, ms UTC. `0` for Unix seconds. */
  readonly start?: number | undefined;
}

/** Reads the times of one file, in the order of its rows. Throws an `Error` that says why a text is no time. */
export type LogClock = (text: string) => number;

/**
 * Makes a clock for each file of a log: ms UTC of a cell's text. It tells of the first text that two moments fit.
 *
 * @throws InputError for an option that breaks its rule. A clock throws one for a date or a zone that neither text nor options say.
 * @internal
 */
export const logTime = (
  options: LogTimeOptions,
  decimal: DecimalMark,
): ((tellRepeated?: (text: string) => void) => LogClock) => {
  const { dateOrder, timeZone, start } = options;
  if (start !== undefined) {
    checkTimeMs('start', start);
    return () => elapsedSince(start, decimal);
  }
  if (dateOrder !== undefined && !Object.hasOwn(places, dateOrder))
    throw new InputError('dateOrder', dateOrder, "must be 'dmy', 'mdy' or 'ymd'");
  const offsetsAt = timeZone === undefined ? undefined : zoneOffsets(timeZone);
  return (tellRepeated) => {
    let last = Number.NEGATIVE_INFINITY;
    let told = false;
    return (text) => {
      const { localMs, offsetMs } = parts(text, dateOrder);
      const offsets = offsetMs === undefined ? offsetsOf(localMs, text, offsetsAt) : [offsetMs];
      if (offsets.length > 1 && !told) tellRepeated?.(text);
      told ||= offsets.length > 1;
      last = localMs - (offsets.find((offset) => localMs - offset >= last) ?? offsets.at(-1)!);
      return last;
    };
  };
};

const elapsedSince = (start: number, decimal: DecimalMark): LogClock => {
  const numberOf = cellNumber(decimal);
  return (text) => {
    const seconds = numberOf(text);
    if (seconds === undefined || !Number.isFinite(seconds)) throw new Error(`"${text}" is no number of seconds`);
    // To the microsecond: 1.001 s is 1001 ms, although 1.001 * 1000 is not.
    return start + Math.round(seconds * 1e6) / 1e3;
  };
};

/** Date, with one sign twice; time to the minute or better; AM or PM; zone. */
const pattern =
  /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:T|,?\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([AP])M)?(?:\s*(Z|[+-]\d{2}:?\d{2}))?$/i;

const places = { dmy: [2, 1, 0], mdy: [2, 0, 1], ymd: [0, 1, 2] } as const;

const parts = (text: string, dateOrder?: DateOrder): { localMs: number; offsetMs: number | undefined } => {
  const found = pattern.exec(text);
  if (found === null) throw new Error(`"${text}" is no date and time`);
  const [, first, , second, third, hour, minute, seconds = '0', fraction = '', half, zone] = found;
  const day = dayOf([first!, second!, third!], text, dateOrder);
  const time = timeOf(hourOf(Number(hour), half), Number(minute), Number(seconds), text);
  return { localMs: day + time + millisecondsOf(fraction), offsetMs: zone === undefined ? undefined : offsetOf(zone) };
};

const dayOf = (written: readonly [string, string, string], text: string, dateOrder?: DateOrder): number => {
  const order = written[0].length === 4 ? 'ymd' : dateOrder;
  if (order === undefined)
    throw new InputError('dateOrder', dateOrder, `must be given ('dmy', 'mdy' or 'ymd'): "${text}" does not say it`);
  const [year, month, day] = places[order].map((place) => written[place]!) as [string, string, string];
  const [y, m, d] = [yearOf(year), Number(month), Number(day)];
  const utc = Date.UTC(y, m - 1, d);
  const date = new Date(utc);
  if (!(date.getUTCFullYear() === y && date.getUTCMonth() === m - 1 && date.getUTCDate() === d))
    throw new Error(`"${text}" is no day (read in the order ${order})`);
  return utc;
};

/** A log of two-digit years is of this century. */
const yearOf = (year: string): number => {
  if (year.length !== 2 && year.length !== 4) return Number.NaN;
  return year.length === 2 ? 2000 + Number(year) : Number(year);
};

const hourOf = (hour: number, half?: string): number => {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return Number.NaN;
  return (hour % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
};

const timeOf = (hours: number, minutes: number, seconds: number, text: string): number => {
  if (!(hours < 24 && minutes < 60 && seconds < 60)) throw new Error(`"${text}" is no time of a day`);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
};

/** As whole numbers, for 0.656 * 1000 need not be 656. */
const millisecondsOf = (fraction: string): number =>
  fraction.length <= 3 ? Number(fraction.padEnd(3, '0')) : Number(fraction) / 10 ** (fraction.length - 3);

const offsetOf = (zone: string): number => {
  if (zone.length === 1) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
};

const offsetsOf = (
  localMs: number,
  text: string,
  offsetsAt?: (localMs: number) => readonly number[],
): readonly number[] => {
  if (offsetsAt === undefined)
    throw new InputError('timeZone', undefined, `must be given (such as 'Europe/Berlin'): "${text}" does not say it`);
  const offsets = offsetsAt(localMs);
  if (offsets.length === 0)
    throw new Error(`"${text}" was on no clock of the zone: it was put forward past it (is the zone the log's?)`);
  return offsets;
};
