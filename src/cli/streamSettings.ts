import { isOnThisComputer } from '../ingest/endpoint.js';
import type { RheedOptions } from '../model/rheedOptions.js';
import type { ToGray8Options } from '../operators/toGray8.js';

/** The options of `epistream stream`, parsed and not yet judged. */
export interface StreamFlags {
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
  readonly endpoint?: string;
  readonly key?: string;
  readonly spool?: string | false;
  readonly json?: boolean;
}

/** What `epistream stream` is asked to do. */
export interface StreamSettings {
  readonly input: string;
  readonly rheed: RheedOptions;
  readonly gray: ToGray8Options;
  readonly pace: boolean;
  readonly json: boolean;
  readonly platform: { readonly endpoint?: string; readonly apiKey?: string };
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
    platform: given({ endpoint: flags.endpoint, apiKey: keyOf(flags, env) }),
  };
};

const given = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** A platform on this computer that was given no key takes any; everybody else has to be given theirs. */
const keyOf = ({ key, endpoint }: StreamFlags, env: NodeJS.ProcessEnv): string | undefined => {
  if (key !== undefined || env.AS_API_KEY) return key;
  return isOnThisComputer(endpoint ?? env.AS_API_ENDPOINT ?? '') ? 'local' : undefined;
};
