import type { AlignedRow } from '../model/alignedRow.js';
import { checkTimeMs } from '../model/checkTimeMs.js';
import { InputError } from '../model/errors.js';
import type { Sample, SampleFlag } from '../model/sample.js';

const FLAGS: readonly SampleFlag[] = ['over-range', 'under-range', 'not measured'];

const requireObject = (field: string, value: unknown): void => {
  if (typeof value !== 'object' || value === null) throw new InputError(field, value, `must be a ${field}`);
};

/** Throws an `InputError` unless something may have been measured then. (Frames may come from a computer whose clock has gone back to 1970.) */
export const checkMoment = (field: string, t: number): void => {
  checkTimeMs(field, t);
  if (t < 0) throw new InputError(field, t, 'must not be before 1970 (ms UTC)');
};

/** Throws an `InputError` for a name that no platform can keep a channel under. */
export const checkChannel = (channel: unknown): void => {
  if (typeof channel !== 'string' || channel.trim() === '')
    throw new InputError('channel', channel, 'must be a name that is not blank');
};

const requireValue = (channel: string, value: unknown): void => {
  if (typeof value !== 'number')
    throw new InputError('value', value, `must be a number (NaN where there is none), of channel ${channel}`);
};

/** Throws an `InputError` for a clock that there is none of. */
export const requireTimeBase = (timeBase: unknown): void => {
  if (timeBase !== undefined && timeBase !== 'host' && timeBase !== 'recorded')
    throw new InputError('timeBase', timeBase, "must be 'host' or 'recorded'");
};

const requireUnits = (channel: string, units: unknown): void => {
  if (units !== undefined && typeof units !== 'string')
    throw new InputError('units', units, `must be a string, of channel ${channel}`);
};

/** Throws an `InputError` unless it is a sample: a number (or NaN) of a named channel at a time in ms UTC. */
export const checkSample = (sample: Sample): void => {
  requireObject('sample', sample);
  const { channel, t, value, units, timeBase, flag, raw } = sample;
  checkChannel(channel);
  checkMoment('t', t);
  requireValue(channel, value);
  requireUnits(channel, units);
  requireTimeBase(timeBase);
  if (flag !== undefined && !FLAGS.includes(flag))
    throw new InputError('flag', flag, `must be one of ${FLAGS.join(', ')}, of channel ${channel}`);
  if (raw !== undefined && (typeof raw !== 'number' || flag === undefined))
    throw new InputError('raw', raw, `must be a number, beside a flag that says why, of channel ${channel}`);
};

/** Throws an `InputError` unless it is a row: a number (or NaN) of each of its channels at a time in ms UTC. */
export const checkRow = (row: AlignedRow): void => {
  requireObject('row', row);
  requireObject('values', row.values);
  checkMoment('t', row.t);
  requireTimeBase(row.timeBase);
  const entries = Object.entries(row.values);
  if (entries.length === 0) throw new InputError('values', row.values, 'must have at least one channel');
  for (const [channel, value] of entries) {
    checkChannel(channel);
    requireValue(channel, value);
  }
  for (const [channel, units] of Object.entries(row.units ?? {})) requireUnits(channel, units);
};
