import * as t from 'io-ts';
import { checkTimeMs } from './checkTimeMs.js';
import { rule } from './decodeInput.js';
import { decodeOptions } from './decodeOptions.js';
import { InputError } from './errors.js';
import type { RheedOptions } from './rheedOptions.js';

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const Text = rule('a string', t.string.is);

const Required = t.type({
  fps: rule('a finite number above 0', (value): value is number => isNumber(value) && value > 0),
  rotationsPerMin: rule('a finite number, 0 or more', (value): value is number => isNumber(value) && value >= 0),
  chunkSize: rule(
    'a whole number above 0',
    (value): value is number => Number.isInteger(value) && (value as number) > 0,
  ),
});

const Optional = t.partial({
  streamName: Text,
  physicalSample: Text,
  projectId: Text,
  tags: rule('an array of strings', t.readonlyArray(t.string).is),
  azimuth: Text,
  startMs: rule('a finite number of milliseconds', isNumber),
  onGap: rule("'split' or 'keep'", t.keyof({ split: null, keep: null }).is),
  onClosed: rule("'continue' or 'keep'", t.keyof({ continue: null, keep: null }).is),
});

const names = Object.keys({ ...Required.props, ...Optional.props });

/**
 * The options, checked at the door: throws an `InputError` that names field, value and rule.
 *
 * @internal
 */
export const checkRheedOptions = (input: RheedOptions): RheedOptions => {
  const codec = t.intersection([Required, Optional]);
  const options = decodeOptions('a RHEED session', codec, names, input) as RheedOptions;
  if (options.startMs !== undefined) checkTimeMs('startMs', options.startMs);
  const { fps, chunkSize, rotationsPerMin, azimuth } = options;
  if (chunkSize < Math.ceil(2 * fps))
    throw new InputError(
      'chunkSize',
      chunkSize,
      `must be at least two seconds of frames, ${Math.ceil(2 * fps)} at ${fps} fps`,
    );
  if (azimuth?.trim() && rotationsPerMin !== 0)
    throw new InputError(
      'azimuth',
      azimuth,
      `goes with a stationary sample only (rotationsPerMin is ${rotationsPerMin})`,
    );
  return options;
};
