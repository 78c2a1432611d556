/** What the platform has made of one frame. */
export interface FrameResult {
  readonly frameNumber: number;
  /** Seconds since the first frame. */
  readonly relativeTimeSeconds: number;
  /** Capture time by the platform's clock, ms UTC. */
  readonly unixTimestampMs: number;
  /** Grey levels; null while it is not known. */
  readonly specularIntensity: number | null;
  /** Seconds; null while there are no oscillations. */
  readonly oscillationPeriod: number | null;
  /** Everything else the platform said of the frame, by its names. */
  readonly other: Readonly<Record<string, unknown>>;
}

/** The frames that were looked at from one side. */
export interface AngleResults {
  readonly angle: number;
  readonly viewId?: string;
  readonly azimuth?: string;
  readonly series: readonly FrameResult[];
}

/** What the platform holds of one channel. */
export interface ChannelResults {
  readonly channel: string;
  readonly units?: string;
  readonly relativeTimeSeconds: readonly number[];
  /** By the platform's clock, ms UTC. */
  readonly unixTimestampMs: readonly number[];
  /** NaN where there is none. */
  readonly values: readonly number[];
}

/** What the platform has computed of a stream so far. */
export type Results =
  | { readonly kind: 'rheed'; readonly angles: readonly AngleResults[] }
  | { readonly kind: 'timeseries'; readonly channels: readonly ChannelResults[] };
