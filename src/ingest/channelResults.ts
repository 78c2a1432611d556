import type { ChannelResults, Results } from '../model/results.js';
import type { TimeseriesResultsReply } from './codecs.js';

type Property = TimeseriesResultsReply['properties'][string];

/** What the platform holds of the channels, in our names: all of it, or the last points of each (a platform may know no `last_n`). */
export const channelResults = ({ properties }: TimeseriesResultsReply, lastN?: number): Results => ({
  kind: 'timeseries',
  channels: Object.entries(properties).map(([channel, property]) => channelOf(channel, property, lastN)),
});

const channelOf = (channel: string, property: Property, lastN?: number): ChannelResults => {
  const { units, relative_time_seconds, unix_timestamp_ms, values } = property;
  const kept = <T>(points: readonly T[]) => (lastN === undefined ? points : points.slice(-lastN));
  return {
    channel,
    ...(units == null ? {} : { units }),
    relativeTimeSeconds: kept(relative_time_seconds),
    unixTimestampMs: kept(unix_timestamp_ms),
    values: kept(values).map((value) => value ?? Number.NaN),
  };
};
