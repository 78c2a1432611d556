import { basename, resolve } from 'node:path';
import type { GrowthRunOptions } from '../model/growthRun.js';
import type { RheedOptions } from '../model/rheedOptions.js';
import type { SampleFlag } from '../model/sample.js';
import type { TimeseriesOptions } from '../model/timeseriesOptions.js';
import type { ToGray8Options } from '../operators/toGray8.js';
import type { FromCsvLogOptions } from '../sources/fromCsvLog.js';
import type { ChannelFile } from './argument.js';
import { type LinkFlags, linksOf } from './linkOptions.js';
import { type PlatformFlags, type PlatformSettings, platformSettings } from './platformSettings.js';

/** The options of `epistream stream`, parsed and not yet judged. */
export interface StreamFlags extends PlatformFlags, LinkFlags {
  readonly fps?: number;
  readonly chunk?: number;
  readonly rpm: number;
  readonly name?: string;
  readonly run?: string;
  readonly operator?: string;
  readonly azimuth?: string;
  readonly window?: readonly [number, number] | 'first-frame';
  readonly bits?: number;
  readonly from?: string;
  readonly pace: boolean;
  readonly start?: number;
  readonly log?: readonly string[];
  readonly format?: LogFormat;
  readonly channel?: readonly ChannelFile[];
  readonly dateOrder?: 'dmy' | 'mdy' | 'ymd';
  readonly tz?: string;
  readonly elapsedSince?: number;
  readonly timeColumn?: readonly string[];
  readonly delimiter?: string;
  readonly decimalComma?: boolean;
  readonly preamble?: number;
  readonly sentinel?: Readonly<Record<string, SampleFlag>>;
  readonly dropBadRows?: boolean;
  readonly follow?: boolean;
  readonly staleAfter?: number;
  readonly flatAfter?: number;
  readonly pointsPerChunk?: number;
  readonly flushAfter?: number;
  readonly json?: boolean;
}

/** How a log is written. */
export type LogFormat = 'epic' | 'csv';

/** The images that are streamed. */
export interface FramesSettings {
  readonly input: string;
  readonly rheed: RheedOptions;
  readonly gray: ToGray8Options;
  readonly pace: boolean;
}

/** When a channel is worth a warning, ms. */
export interface StaleSettings {
  readonly silentAfterMs?: number;
  readonly flatAfterMs?: number;
}

/** The logs that are streamed. */
export interface LogSettings {
  readonly logs: readonly string[];
  readonly format: LogFormat;
  readonly channels: readonly ChannelFile[];
  readonly reading: FromCsvLogOptions;
  readonly stale?: StaleSettings;
  readonly timeseries: Pick<TimeseriesOptions, 'pointsPerChunk' | 'flushAfterMs'>;
}

/** Nobody waits for a log that is there: a day of a second's readings goes in a tenth of the requests. */
const POINTS_OF_FINISHED_LOG = 1000;

/** What `epistream stream` is asked to do. */
export interface StreamSettings {
  readonly frames?: FramesSettings;
  readonly logs?: LogSettings;
  /** Absent for frames alone: theirs is a stream of its own. */
  readonly run?: GrowthRunOptions;
  readonly json: boolean;
  readonly platform: PlatformSettings;
}

/** Flags in the library's terms, with the defaults of the command line. The library judges them. */
export const streamSettings = (
  input: string | undefined,
  flags: StreamFlags,
  env: NodeJS.ProcessEnv = process.env,
  now: Date = new Date(),
): StreamSettings => {
  const { log = [], channel = [], json = false } = flags;
  const hasLogs = log.length + channel.length > 0;
  return {
    ...(input === undefined ? {} : { frames: framesOf(input, flags, now) }),
    ...(hasLogs ? { logs: logsOf(log, channel, flags) } : {}),
    ...(hasLogs || flags.run !== undefined ? { run: runOf(flags) } : {}),
    json,
    platform: platformSettings(flags, env),
  };
};

const framesOf = (input: string, flags: StreamFlags, now: Date): FramesSettings => {
  const { fps = Number.NaN, rpm, pace, name, sample } = flags;
  const rheed = {
    fps,
    rotationsPerMin: rpm,
    chunkSize: flags.chunk ?? Math.ceil(2 * fps),
    streamName: name ?? `${sample ?? 'RHEED'} ${now.toISOString()}`,
    ...linksOf(flags),
    azimuth: flags.azimuth,
    startMs: flags.start,
  };
  const gray = { window: flags.window, bits: flags.bits, from: flags.from };
  return { input, rheed: given(rheed) as RheedOptions, gray: given(gray) as ToGray8Options, pace };
};

const logsOf = (logs: readonly string[], channels: readonly ChannelFile[], flags: StreamFlags): LogSettings => {
  const [column, ...columns] = flags.timeColumn ?? [];
  const reading = {
    dateOrder: flags.dateOrder,
    timeZone: flags.tz,
    start: flags.elapsedSince,
    time: columns.length === 0 ? column : flags.timeColumn,
    delimiter: flags.delimiter,
    decimal: flags.decimalComma ? ',' : undefined,
    preamble: flags.preamble,
    sentinels: flags.sentinel,
    onGarbage: flags.dropBadRows ? 'drop' : undefined,
    follow: flags.follow,
  };
  const { pointsPerChunk = flags.follow ? undefined : POINTS_OF_FINISHED_LOG } = flags;
  const timeseries = { pointsPerChunk, flushAfterMs: flags.flushAfter };
  const { format = 'csv' } = flags;
  const stale = { silentAfterMs: flags.staleAfter, flatAfterMs: flags.flatAfter };
  const isWatched = Object.values(stale).some((ms) => ms !== undefined);
  return {
    logs,
    format,
    channels,
    reading: given(reading) as FromCsvLogOptions,
    ...(isWatched ? { stale: given(stale) } : {}),
    timeseries: given(timeseries),
  };
};

/** A run that nobody has named is called as the first of its logs. */
const runOf = (flags: StreamFlags): GrowthRunOptions => {
  const { run, name, operator, log = [], channel = [] } = flags;
  const path = log[0] ?? channel[0]?.path ?? '';
  const options = {
    name: run ?? name ?? basename(resolve(path)).replace(/(?<=.)(\.(csv|txt|dat|tsv|log))?(\.gz)?$/i, ''),
    operator,
  };
  return { ...(given(options) as GrowthRunOptions), ...linksOf(flags) };
};

const given = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
