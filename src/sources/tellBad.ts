import type { BadReading } from './badReading.js';

/** A thousand topics of nonsense are not a thousand warnings. */
const MOST_WARNINGS = 20;

/** Reads, or tells of what cannot be read and gives nothing. */
export type ReadOrTell = <T>(from: string, textOf: () => string, read: () => readonly T[]) => readonly T[];

/**
 * Bad readings go to `onBad`; without one they are a process warning, once for each place they come from.
 *
 * @internal
 */
export const tellBad = (onBad: (bad: BadReading) => void = warnOnce()): ReadOrTell => {
  return (from, textOf, read) => {
    try {
      return read();
    } catch (error) {
      onBad({ from, text: textOf().slice(0, 200), error });
      return [];
    }
  };
};

const warnOnce = (): ((bad: BadReading) => void) => {
  const warned = new Set<string>();
  return ({ from, error }) => {
    if (warned.has(from) || warned.size >= MOST_WARNINGS) return;
    warned.add(from);
    const why = error instanceof Error ? error.message : String(error);
    process.emitWarning(`${from} said something that is no reading (${why}); it is passed over`, 'EpistreamWarning');
  };
};
