import { InputError } from '../model/errors.js';
import type { Sample, SampleFlag } from '../model/sample.js';
import { checkReading } from './checkReading.js';
import type { MsgpackRecord } from './unpackRecords.js';

const flags: readonly unknown[] = ['over-range', 'under-range', 'not measured'] satisfies SampleFlag[];

/**
 * The sample that a record is. Throws an `InputError` for any other record.
 *
 * @internal
 */
export const sampleOfRecord = (record: MsgpackRecord): Sample => {
  const { type, channel, units, flag, raw, timeBase } = record;
  must('type', type, type === 'sample', "must be 'sample'");
  must('channel', channel, typeof channel === 'string' && channel.trim() !== '', 'must be a name that is not blank');
  must('units', units, units == null || typeof units === 'string', 'must be a string');
  must('flag', flag, flag == null || flags.includes(flag), `must be one of ${flags.join(', ')}`);
  must('raw', raw, raw == null || typeof raw === 'number', 'must be a number');
  must(
    'timeBase',
    timeBase,
    timeBase == null || timeBase === 'host' || timeBase === 'recorded',
    "must be 'host' or 'recorded'",
  );
  const t = record.t instanceof Date ? record.t.getTime() : record.t;
  const value = record.value === null ? Number.NaN : record.value;
  const given = Object.entries({ units, flag, raw, timeBase }).filter(([, field]) => field != null);
  return checkReading({ channel, t, value, ...Object.fromEntries(given) } as Sample);
};

const must = (field: string, value: unknown, holds: boolean, rule: string): void => {
  if (!holds) throw new InputError(field, value, rule);
};
