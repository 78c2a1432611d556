import type { Observable } from 'rxjs';
import { checkOptionNames } from '../model/checkOptionNames.js';
import { InputError } from '../model/errors.js';
import type { Reading } from '../model/sample.js';
import type { Search } from './strongestOscillation.js';

/** Which oscillations are looked for, and where. */
export interface OscillationPeriodOptions {
  /** The shortest period looked for, ms. For a pulsed source well above the time between two pulses: they are periodic as well. */
  readonly minPeriodMs: number;
  /** The longest period looked for, ms. */
  readonly maxPeriodMs: number;
  /** Sample rotation, turns a minute; 0 for a stationary sample, and for one reading a turn, at the same azimuth. */
  readonly rotationsPerMin: number;
  /**
   * How many harmonics of the rotation are taken out before, `true` for all that the readings resolve. A rotating sample needs it:
   * its intensity is periodic without any growth.
   */
  readonly maskRotation?: boolean | number;
  /** How much of the channel is looked at, ms; four rotations at least. Default one period more than `cycles` of the longest. */
  readonly windowMs?: number;
  /** How many periods must be seen before one is believed, 2 or more. Default 3. Before, only shorter ones are looked for. */
  readonly cycles?: number;
  /** The least `strength` that counts, 0 to 1. Default 0.4. */
  readonly minStrength?: number;
  /** How often there is an answer, ms of the readings' time. Default 1000. */
  readonly everyMs?: number;
  /** Growth begins anew at `t` of what comes here, as at a shutter's reading: what was before is forgotten. */
  readonly restart$?: Observable<Pick<Reading, 't'>>;
}

/** So that the frequencies beside the harmonics, one over the window to both sides, leave half of all to be seen. */
const FEWEST_ROTATIONS = 4;

interface Checked {
  readonly windowMs: number;
  readonly everyMs: number;
  readonly minStrength: number;
  readonly restart$?: OscillationPeriodOptions['restart$'];
  readonly search: Search;
}

const names = [
  'minPeriodMs',
  'maxPeriodMs',
  'rotationsPerMin',
  'maskRotation',
  'windowMs',
  'cycles',
  'minStrength',
  'everyMs',
  'restart$',
];

/** The options with their defaults, checked at the door: throws an `InputError` that names field, value and rule. */
export const checked = (options: OscillationPeriodOptions): Checked => {
  if (typeof options !== 'object' || options === null) throw new InputError('options', options, 'must be an object');
  checkOptionNames('oscillationPeriod', options, names);
  const { minPeriodMs, maxPeriodMs, rotationsPerMin, maskRotation, cycles = 3, restart$ } = options;
  const { windowMs = (cycles + 1) * maxPeriodMs, minStrength = 0.4, everyMs = 1000 } = options;
  const check = (field: string, value: unknown, isRight: boolean, rule: string) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || !isRight)
      throw new InputError(field, value, `must be ${rule}`);
  };
  check('minPeriodMs', minPeriodMs, minPeriodMs > 0, 'a number of ms above 0');
  check('maxPeriodMs', maxPeriodMs, maxPeriodMs > minPeriodMs, `a number of ms above minPeriodMs, ${minPeriodMs}`);
  check('cycles', cycles, cycles >= 2, 'a number of periods, 2 or more');
  const longest = cycles * maxPeriodMs;
  check(
    'windowMs',
    windowMs,
    windowMs >= longest,
    `a number of ms, at least ${cycles} of the longest period: ${longest}`,
  );
  check('minStrength', minStrength, minStrength >= 0 && minStrength <= 1, 'a number from 0 to 1');
  check('everyMs', everyMs, everyMs > 0, 'a number of ms above 0');
  check(
    'rotationsPerMin',
    rotationsPerMin,
    rotationsPerMin >= 0,
    'a number of turns a minute, 0 for a stationary sample',
  );
  checkMask(maskRotation, rotationsPerMin, windowMs);
  const harmonics = maskRotation === true ? Infinity : Number(maskRotation);
  const rotation = rotationsPerMin === 0 ? undefined : { frequency: rotationsPerMin / 60_000, harmonics };
  const search: Search = { minPeriod: minPeriodMs, maxPeriod: maxPeriodMs, cycles, rotation };
  return { windowMs, everyMs, minStrength, search, ...(restart$ && { restart$ }) };
};

const checkMask = (mask: boolean | number | undefined, rotationsPerMin: number, windowMs: number): void => {
  const isCount = typeof mask === 'number' && Number.isInteger(mask) && mask > 0;
  if (mask !== undefined && typeof mask !== 'boolean' && !isCount)
    throw new InputError('maskRotation', mask, 'must be true, or a whole number of harmonics above 0');
  if (rotationsPerMin === 0) return;
  if (mask === undefined || mask === false)
    throw new InputError(
      'maskRotation',
      mask,
      `must be true or a number of harmonics while the sample rotates (rotationsPerMin is ${rotationsPerMin}): its turns are periodic without any growth`,
    );
  const fewestMs = (FEWEST_ROTATIONS * 60_000) / rotationsPerMin;
  if (windowMs < fewestMs)
    throw new InputError(
      'windowMs',
      windowMs,
      `must hold ${FEWEST_ROTATIONS} rotations, ${fewestMs} ms at ${rotationsPerMin} a minute`,
    );
};
