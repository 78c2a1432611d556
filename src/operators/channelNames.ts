import { isObservable, type Observable } from 'rxjs';
import { InputError } from '../model/errors.js';
import type { Reading } from '../model/sample.js';

/**
 * The names of channels given by name; an `InputError` for none, and for what is no Observable.
 *
 * @internal
 */
export const channelNames = <K extends string>(channels: Readonly<Record<K, Observable<Reading>>>): K[] => {
  if (typeof channels !== 'object' || channels === null || isObservable(channels))
    throw new InputError('channels', channels, 'must be an object of Observables by name');
  const names = Object.keys(channels) as K[];
  if (names.length === 0) throw new InputError('channels', channels, 'must name at least one channel');
  for (const name of names) {
    if (name.trim() === '') throw new InputError('channels', name, 'must have names that are not empty');
    if (!isObservable(channels[name]))
      throw new InputError(`channels.${name}`, channels[name], 'must be an Observable');
  }
  return names;
};
