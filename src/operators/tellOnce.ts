import type { Reading } from '../model/sample.js';

/**
 * Warns of a channel's first such reading: what nobody asked to be told of is not lost in silence, nor told a thousand times.
 *
 * @internal
 */
export const tellOnce = (code: string, what: string): ((channel: string, reading: Reading) => void) => {
  const told = new Set<string>();
  return (channel, { t }) => {
    if (told.has(channel)) return;
    told.add(channel);
    process.emitWarning(`a reading of ${channel} at ${t} (ms UTC) ${what}; told of the first only`, { code });
  };
};
