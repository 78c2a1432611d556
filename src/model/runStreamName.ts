/** What a stream of a growth run holds. */
export type RunPart = 'frames' | 'channels' | 'events';

/** What the name of a stream says of its run. */
export interface RunStream {
  readonly run: string;
  readonly part: RunPart;
  /** When the stream was asked for, ms UTC: the segments of a run in order. */
  readonly askedAt: number;
}

const NAME = /^(?<run>.*\S) \/ (?<part>frames|channels|events) (?<asked>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/s;

/**
 * The name of a run's stream, on every platform: `Growth run 42 / frames 2026-11-21T08:15:00.000Z`.
 *
 * @internal
 */
export const runStreamName = ({ run, part, askedAt }: RunStream): string =>
  `${run} / ${part} ${new Date(askedAt).toISOString()}`;

/**
 * What such a name says; nothing for any other.
 *
 * @internal
 */
export const readRunStreamName = (name: string): RunStream | undefined => {
  const { run, part, asked } = NAME.exec(name)?.groups ?? {};
  const askedAt = Date.parse(asked ?? '');
  if (run === undefined || part === undefined || Number.isNaN(askedAt)) return undefined;
  return { run, part: part as RunPart, askedAt };
};
