import type { ChannelPoints } from '../model/channelPoints.js';
import type { ClockReading } from '../model/clockReading.js';
import type { DataId } from '../model/identifiers.js';
import type { AskedTimeseries } from '../model/timeseriesOptions.js';
import type { CreateTimeseriesRequest, Points, SendChannelsRequest, SendPointsRequest } from './codecs.js';
import { toReferenceSeconds } from './referenceTime.js';

/** What a stream of channels is created with; the platform names a nameless one. */
export const createTimeseriesRequest = (options: AskedTimeseries): CreateTimeseriesRequest => {
  const { streamName, synthSourceId, pointsPerChunk, projectId } = options;
  return {
    stream_name: streamName?.trim() || null,
    ...(synthSourceId === undefined ? {} : { synth_source_id: synthSourceId }),
    points_per_chunk: pointsPerChunk,
    project_id: projectId?.trim() || null,
  };
};

/** A chunk of one channel. */
export const sendPointsRequest = (
  dataId: DataId,
  index: number,
  points: ChannelPoints,
  clock: ClockReading | undefined,
): SendPointsRequest => ({
  data_id: dataId,
  chunk_index: index,
  channel_name: points.channel,
  ...pointsOf(points, clock),
});

/** One chunk of several channels. */
export const sendChannelsRequest = (
  dataId: DataId,
  index: number,
  channels: readonly ChannelPoints[],
  clock: ClockReading | undefined,
): SendChannelsRequest => ({
  data_id: dataId,
  chunk_index: index,
  channels: Object.fromEntries(channels.map((points) => [points.channel, pointsOf(points, clock)])),
});

const pointsOf = ({ times, values, units }: ChannelPoints, clock: ClockReading | undefined): Points => ({
  timestamps: times.map((t) => toReferenceSeconds(t, clock)),
  values: values.map((value) => (Number.isFinite(value) ? value : null)),
  ...(units === undefined ? {} : { units }),
});
