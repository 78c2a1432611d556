import type { Observable } from 'rxjs';
import { checkOptionNames } from '../model/checkOptionNames.js';
import { InputError } from '../model/errors.js';
import type { Reading } from '../model/sample.js';
import type { AlignChannelsOptions, PerChannel, RowTimes } from './alignChannelsOptions.js';
import { channelNames } from './channelNames.js';
import { checkFill } from './checkFill.js';
import { checkWait } from './checkWait.js';
import type { Fill } from './readingAt.js';
import { tellOnce } from './tellOnce.js';

/** An alignment with nothing left to default. */
export interface CheckedAlignment<Channel extends string> {
  readonly columns: readonly { readonly channel: Channel; readonly fill: Fill; readonly tolerance: number }[];
  readonly axis: RowTimes<Channel>;
  readonly lateness: number;
  readonly farFutureMs: number;
  readonly onLate: (channel: Channel, reading: Reading, used: boolean) => void;
  readonly onJump: (channel: Channel, reading: Reading) => void;
}

const HOUR_MS = 3_600_000;
const optionNames = ['axis', 'lateness', 'fill', 'tolerance', 'farFutureMs', 'onLate', 'onJump'];

/**
 * What is asked of an alignment, checked at the door: throws an `InputError` that names field, value and rule.
 *
 * @internal
 */
export const checkAlignment = <Channel extends string>(
  channels: Readonly<Record<Channel, Observable<Reading>>>,
  options: AlignChannelsOptions<Channel>,
): CheckedAlignment<Channel> => {
  const names = channelNames(channels);
  if (typeof options !== 'object' || options === null)
    throw new InputError('options', options, 'must say axis and lateness');
  checkOptionNames('alignChannels', options, optionNames);
  const { axis, lateness, farFutureMs = HOUR_MS } = options;
  checkAxis(names, axis);
  checkWait(lateness, farFutureMs);
  const { onLate = tellUnused(), onJump = tellOnce('EPISTREAM_JUMP', 'is far ahead of all channels, and not used') } =
    options;
  return { columns: columnsOf(names, options), axis, lateness, farFutureMs, onLate, onJump };
};

const checkChannels = (given: object, names: readonly string[], field: string): void => {
  const stranger = Object.keys(given).find((name) => !names.includes(name));
  if (stranger !== undefined)
    throw new InputError(`${field}.${stranger}`, Object(given)[stranger], `must be of a channel (${names.join(', ')})`);
};

const checkAxis = <Channel extends string>(names: readonly Channel[], axis: RowTimes<Channel>): void => {
  if (typeof axis !== 'object' || axis === null || 'follow' in axis === 'period' in axis)
    throw new InputError('axis', axis, 'must be { period } or { follow }');
  if ('follow' in axis) {
    if (names.includes(axis.follow)) return;
    throw new InputError('axis.follow', axis.follow, `must be a channel (${names.join(', ')})`);
  }
  const { period, origin = 0 } = axis;
  if (!(Number.isFinite(period) && period > 0))
    throw new InputError('axis.period', period, 'must be a finite number of milliseconds above 0');
  if (!Number.isFinite(origin)) throw new InputError('axis.origin', origin, 'must be a finite number of ms UTC');
};

const columnsOf = <Channel extends string>(
  names: readonly Channel[],
  { axis, fill = 'previous', tolerance }: AlignChannelsOptions<Channel>,
) => {
  const isFollowed = (name: Channel) => 'follow' in axis && axis.follow === name;
  for (const [field, given] of Object.entries({ fill, tolerance }))
    if (typeof given === 'object') checkChannels(given, names, field);
  return names.map((channel) => {
    const filled = of(channel, fill) ?? 'previous';
    const limit = of(channel, tolerance) ?? (isFollowed(channel) ? 0 : undefined);
    checkFill(filled, limit, `.${channel}`);
    return { channel, fill: filled, tolerance: limit ?? Infinity };
  });
};

const of = <Channel extends string, T extends string | number>(
  channel: Channel,
  given: PerChannel<Channel, T> | undefined,
): T | undefined => {
  if (typeof given !== 'object') return given;
  return Object.hasOwn(given, channel) ? (given as Partial<Record<Channel, T>>)[channel] : undefined;
};

/** A late reading that still serves is no loss. */
const tellUnused = () => {
  const tell = tellOnce('EPISTREAM_DISORDER', 'is not after the last of its channel, and not used');
  return (channel: string, reading: Reading, used: boolean) => {
    if (!used) tell(channel, reading);
  };
};
