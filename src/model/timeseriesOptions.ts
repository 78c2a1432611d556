import type { Links } from './links.js';

/** What a session of instrument channels is asked for. */
export interface TimeseriesOptions extends Links {
  /** Points a chunk of a channel holds; only its last may hold fewer. Default 100. */
  readonly pointsPerChunk?: number | undefined;
  /** How late a slow channel may be: so long after a point its chunk is sent although it is not full, ms. Default 10,000. */
  readonly flushAfterMs?: number | undefined;
  /** What people will find the run by. Default: the platform names it. */
  readonly streamName?: string | undefined;
  /** The platform's number for the growth instrument. */
  readonly synthSourceId?: number | undefined;
  /** What a sample does that is not after the last of its channel. Default `'error'`; `'drop'` counts it in a gap; `'keep'` takes it as it is. */
  readonly onDisorder?: 'error' | 'drop' | 'keep' | undefined;
  /** What happens when the platform closes the stream in mid-run. Default `'continue'`: a continuation stream takes the rest. */
  readonly onClosed?: 'continue' | 'keep' | undefined;
}

/** With nothing left to default. */
export type AskedTimeseries = TimeseriesOptions & {
  readonly pointsPerChunk: number;
  /** 0: nothing is added to a chunk, and its index is the caller's. */
  readonly flushAfterMs: number;
};
