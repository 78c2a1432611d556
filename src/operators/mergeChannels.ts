import { defer, map, merge, type Observable } from 'rxjs';
import { InputError } from '../model/errors.js';
import type { Reading, Sample } from '../model/sample.js';
import { channelNames } from './channelNames.js';
import { checkReading } from './checkReading.js';

/** What {@link mergeChannels} adds to readings. */
export interface MergeChannelsOptions<Channel extends string = string> {
  /** By channel. A channel whose readings say no units either has none. */
  readonly units?: Readonly<Partial<Record<Channel, string>>>;
}

/**
 * Puts readings of several channels into one stream of samples, each with the name of its channel, as they arrive.
 *
 * Nothing waits and nothing is put in order: times go up within a channel as its source has them, and mix between channels. That
 * is what a session of loose samples takes; for rows of several channels at one moment there is {@link alignChannels}.
 *
 * ```
 * temperature    a---b-----|
 * pressure       --p---q|
 * mergeChannels  a-p-b-q---|    each with its channel
 * ```
 *
 * Completes with the last channel, errors with the first that does: a run that has lost a gauge says so. A channel that may fail
 * alone is given with its own `retryBackoff` or `catchError`.
 *
 * @throws InputError at the call for no channel, for what is no Observable, and for units of a channel that is not there; on the
 * Observable for a reading without a time in ms or without a number, and for one whose units are not those of the option.
 *
 * @example
 * ```ts
 * import { mergeChannels } from 'epistream';
 * import { of } from 'rxjs';
 *
 * const temperature = of({ t: 1686528003767, value: 300 });
 * const pressure = of({ t: 1686528003771, value: 1.1e-9 });
 * mergeChannels({ temperature, pressure }, { units: { temperature: 'C', pressure: 'mbar' } }).subscribe(
 *   ({ channel, t, value, units }) => console.log(channel, t, value, units),
 * );
 * // → temperature 1686528003767 300 C
 * // → pressure 1686528003771 1.1e-9 mbar
 * ```
 */
export const mergeChannels = <Channel extends string>(
  channels: Readonly<Record<Channel, Observable<Reading>>>,
  options: MergeChannelsOptions<NoInfer<Channel>> = {},
): Observable<Sample<Channel>> => {
  const names = channelNames(channels);
  const units = new Map(Object.entries<string | undefined>(options.units ?? {}));
  const stranger = [...units.keys()].find((name) => !(names as string[]).includes(name));
  if (stranger !== undefined)
    throw new InputError(`units.${stranger}`, units.get(stranger), `must be of a channel (${names.join(', ')})`);
  return defer(() => merge(...names.map((name) => channels[name].pipe(map(sampleOf(name, units.get(name)))))));
};

const sampleOf =
  <Channel extends string>(channel: Channel, units: string | undefined) =>
  (reading: Reading): Sample<Channel> => {
    checkReading(channel, reading);
    if (units === undefined) return { ...reading, channel };
    if (reading.units !== undefined && reading.units !== units)
      throw new InputError(`${channel}.units`, reading.units, `must be ${units}, as the option says`);
    return { ...reading, channel, units };
  };
