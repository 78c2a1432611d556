import * as t from 'io-ts';
import { rule } from './decodeInput.js';
import { decodeOptions } from './decodeOptions.js';
import type { AskedTimeseries, TimeseriesOptions } from './timeseriesOptions.js';

const POINTS_PER_CHUNK = 100;
const FLUSH_AFTER_MS = 10_000;
/** What a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;

const Text = rule('a string', t.string.is);
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

const Options = t.partial({
  pointsPerChunk: rule(
    'a whole number, 1 to 1,048,576',
    (value): value is number => isWhole(value) && value > 0 && value <= 2 ** 20,
  ),
  flushAfterMs: rule(
    'a number of ms above 0',
    (value): value is number => typeof value === 'number' && value > 0 && value <= LONGEST_MS,
  ),
  streamName: Text,
  synthSourceId: rule('a whole number', isWhole),
  physicalSample: Text,
  projectId: Text,
  tags: rule('an array of strings', t.readonlyArray(t.string).is),
  onDisorder: rule("'error', 'drop' or 'keep'", t.keyof({ error: null, drop: null, keep: null }).is),
  onClosed: rule("'continue' or 'keep'", t.keyof({ continue: null, keep: null }).is),
});

const names = Object.keys(Options.props);

/**
 * The options with their defaults, checked at the door: throws an `InputError` that names field, value and rule.
 *
 * @internal
 */
export const checkTimeseriesOptions = (input: TimeseriesOptions = {}): AskedTimeseries => {
  const options = decodeOptions('a time-series session', Options, names, input) as TimeseriesOptions;
  return {
    ...options,
    pointsPerChunk: options.pointsPerChunk ?? POINTS_PER_CHUNK,
    flushAfterMs: options.flushAfterMs ?? FLUSH_AFTER_MS,
  };
};
