import type { RheedOptions } from '../model/rheedOptions.js';
import type { ToGray8Options } from '../operators/toGray8.js';
import { type PlatformFlags, type PlatformSettings, platformSettings } from './platformSettings.js';

/** The options of `epistream stream`, parsed and not yet judged. */
export interface StreamFlags extends PlatformFlags {
  readonly fps: number;
  readonly chunk?: number;
  readonly rpm: number;
  readonly name?: string;
  readonly sample?: string;
  readonly project?: string;
  readonly tag?: readonly string[];
  readonly azimuth?: string;
  readonly window?: readonly [number, number] | 'first-frame';
  readonly bits?: number;
  readonly from?: string;
  readonly pace: boolean;
  readonly start?: number;
  readonly json?: boolean;
}

/** What `epistream stream` is asked to do. */
export interface StreamSettings {
  readonly input: string;
  readonly rheed: RheedOptions;
  readonly gray: ToGray8Options;
  readonly pace: boolean;
  readonly json: boolean;
  readonly platform: PlatformSettings;
}

/** Flags in the library's terms, with the defaults of the command line. The library judges them. */
export const streamSettings = (
  input: string,
  flags: StreamFlags,
  env: NodeJS.ProcessEnv = process.env,
  now: Date = new Date(),
): StreamSettings => {
  const { fps, rpm, pace, json = false, name, sample } = flags;
  const rheed = {
    fps,
    rotationsPerMin: rpm,
    chunkSize: flags.chunk ?? Math.ceil(2 * fps),
    streamName: name ?? `${sample ?? 'RHEED'} ${now.toISOString()}`,
    physicalSample: sample,
    projectId: flags.project,
    tags: flags.tag,
    azimuth: flags.azimuth,
    startMs: flags.start,
  };
  const gray = { window: flags.window, bits: flags.bits, from: flags.from };
  return {
    input,
    rheed: given(rheed) as RheedOptions,
    gray: given(gray) as ToGray8Options,
    pace,
    json,
    platform: platformSettings(flags, env),
  };
};

const given = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
