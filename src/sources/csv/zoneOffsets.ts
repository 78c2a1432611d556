import { Temporal } from 'temporal-polyfill';
import { InputError } from '../../model/errors.js';

const MINUTE = 60_000;

/** About a week, at a row a minute. A log moves forward, so that what goes is not asked for again. */
const MOST_MINUTES = 10_000;

/**
 * What a zone's clock was ahead of UTC when it showed a local time: one offset, two in the hour that autumn repeats (the earlier
 * moment first), none in the hour that spring leaves out. All in ms; a local time is the ms UTC of a clock in UTC that shows it.
 *
 * @throws InputError for a zone that is not known.
 * @internal
 */
export const zoneOffsets = (timeZone: string): ((localMs: number) => readonly number[]) => {
  checkZone(timeZone);
  // Clocks are changed at whole minutes, and to ask for one takes longer than to read ten rows.
  const known = new Map<number, readonly number[]>();
  return (localMs) => {
    const minute = Math.floor(localMs / MINUTE);
    const found = known.get(minute);
    if (found !== undefined) return found;
    const offsets = offsetsAt(minute * MINUTE, timeZone);
    if (known.size >= MOST_MINUTES) known.clear();
    known.set(minute, offsets);
    return offsets;
  };
};

const offsetsAt = (localMs: number, timeZone: string): readonly number[] => {
  const local = Temporal.Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO('UTC').toPlainDateTime();
  const [early, late] = (['earlier', 'later'] as const).map((disambiguation) =>
    local.toZonedDateTime(timeZone, { disambiguation }),
  ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime];
  const offsets = [localMs - early.epochMilliseconds, localMs - late.epochMilliseconds];
  if (offsets[0] === offsets[1]) return [offsets[0]!];
  return early.toPlainDateTime().equals(local) ? offsets : [];
};

const checkZone = (timeZone: string): void => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
  } catch (cause) {
    throw new InputError('timeZone', timeZone, "must be a time zone such as 'Europe/Berlin' or 'UTC'", { cause });
  }
};
