import { defer, filter, identity, type MonoTypeOperatorFunction, map, pipe, tap } from 'rxjs';
import type { Sample } from '../model/sample.js';
import type { WatchedChannel } from '../operators/channelWatch.js';
import { staleAfter } from '../operators/staleAfter.js';
import { FlatChannels } from './flatChannels.js';
import type { StaleSettings } from './streamSettings.js';

/**
 * Warns of channels that fall silent or flat after the times that were asked for, and when they return; at the end of the samples of
 * those that have said one value only.
 */
export const staleWarnings = (
  warn: (text: string) => void,
  asked: StaleSettings | undefined,
): MonoTypeOperatorFunction<Sample> => pipe(asked === undefined ? identity : watched(warn, asked), flatAtEnd(warn));

const watched = (
  warn: (text: string) => void,
  { silentAfterMs, flatAfterMs }: StaleSettings,
): MonoTypeOperatorFunction<Sample> =>
  pipe(
    staleAfter<Sample>(silentAfterMs ?? {}, flatAfterMs === undefined ? {} : { flatAfterMs }),
    tap((event) => {
      if (event.type !== 'sample') warn(textOf(event));
    }),
    filter((event) => event.type === 'sample'),
    map(({ type: _, ...sample }) => sample),
  );

type Turn = Exclude<WatchedChannel, { readonly type: 'sample' }>;

const textOf = (turn: Turn): string => {
  switch (turn.type) {
    case 'silent':
      return `${turn.channel} is silent: its last reading is of ${new Date(turn.since).toISOString()}`;
    case 'flat':
      return `${turn.channel} is flat: it has been ${turn.value} since ${new Date(turn.since).toISOString()}`;
    case 'returned':
      return `${turn.channel} has returned: it is no longer ${turn.from}`;
  }
};

const flatAtEnd =
  (warn: (text: string) => void): MonoTypeOperatorFunction<Sample> =>
  (source) =>
    defer(() => {
      const flat = new FlatChannels();
      const tell = () => {
        for (const text of flat.texts) warn(text);
      };
      return source.pipe(tap({ next: (sample) => flat.add(sample), complete: tell }));
    });
