import type { FastifyInstance } from 'fastify';
import type { TimeseriesResultsReply } from '../ingest/codecs.js';
import { routes } from '../ingest/routes.js';
import type { StoredPoints } from './channelStore.js';
import type { DataDirectory } from './dataDirectory.js';
import { lastN } from './lastN.js';
import { Refusal } from './refusal.js';
import { secondsSince } from './secondsSince.js';

type Property = TimeseriesResultsReply['properties'][string];

/** Points as they travel: relative to the stream's first point, NaN as null. */
const propertyOf = ({ units, times, values }: StoredPoints, firstTime: number): Property => ({
  relative_time_seconds: times.map((time) => secondsSince(firstTime, time)),
  unix_timestamp_ms: times.map((time) => Math.round(time * 1000)),
  values: values.map((value) => (Number.isNaN(value) ? null : value)),
  units: units ?? null,
});

/** The points of a time series, a channel at a time, as they are stored. */
export const channelResults = (app: FastifyInstance, { streams }: DataDirectory): void => {
  app.get<{ Params: { dataId: string } }>(
    routes.timeseriesResults,
    ({ params: { dataId }, query }): Promise<TimeseriesResultsReply> =>
      streams.timeseries(dataId).read(async (store) => {
        const points = await store.points(lastN(query));
        if (points.length === 0) throw new Refusal(404, `stream ${dataId} has no points yet`);
        const firstTime = await store.firstTime();
        return { properties: Object.fromEntries(points.map((one) => [one.name, propertyOf(one, firstTime)])) };
      }),
  );
};
