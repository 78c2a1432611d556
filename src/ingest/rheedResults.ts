import type { AngleResults, FrameResult, Results } from '../model/results.js';
import type { RheedResultsReply } from './codecs.js';

type Angle = RheedResultsReply['series_by_angle'][number];

/** What the platform has computed of the frames, in our names. */
export const rheedResults = ({ series_by_angle }: RheedResultsReply): Results => ({
  kind: 'rheed',
  angles: series_by_angle.map(angleOf),
});

const angleOf = ({ angle, view_id, azimuth_label, series }: Angle): AngleResults => ({
  angle,
  ...(view_id == null ? {} : { viewId: view_id }),
  ...(azimuth_label == null ? {} : { azimuth: azimuth_label }),
  series: series.map(frameOf),
});

const frameOf = (frame: Angle['series'][number]): FrameResult => {
  const { frame_number, relative_time_seconds, unix_timestamp_ms, specular_intensity, oscillation_period } = frame;
  return {
    frameNumber: frame_number,
    relativeTimeSeconds: relative_time_seconds,
    unixTimestampMs: unix_timestamp_ms,
    specularIntensity: specular_intensity ?? null,
    oscillationPeriod: oscillation_period ?? null,
    other: Object.fromEntries(Object.entries(frame).filter(([name]) => !KNOWN.has(name))),
  };
};

const KNOWN: ReadonlySet<string> = new Set([
  'frame_number',
  'relative_time_seconds',
  'unix_timestamp_ms',
  'specular_intensity',
  'oscillation_period',
]);
