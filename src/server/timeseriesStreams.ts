import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import {
  type CreateTimeseriesReply,
  CreateTimeseriesRequest,
  type Points,
  SendChannelsRequest,
  type SendPointsReply,
  SendPointsRequest,
} from '../ingest/codecs.js';
import { routes } from '../ingest/routes.js';
import type { DataDirectory } from './dataDirectory.js';
import { decodeRequest } from './decodeRequest.js';
import { Refusal } from './refusal.js';
import { wholeNumber } from './wholeNumber.js';

/** Room for a chunk of some 100,000 points, or of many channels. */
const bodyLimit = 8 * 1024 * 1024;

/** Time series: a stream's beginning, its chunks of points and its end. */
export const timeseriesStreams = (app: FastifyInstance, { streams, runEvents }: DataDirectory): void => {
  app.post(routes.createTimeseries, async ({ body }): Promise<CreateTimeseriesReply> => {
    const asked = decodeRequest(CreateTimeseriesRequest, body);
    wholeNumber('points_per_chunk', asked.points_per_chunk, { from: 1, to: 2 ** 20 });
    const now = Date.now();
    const processed = { processed_data_id: randomUUID() };
    const name = asked.stream_name?.trim() || `Time series ${new Date(now).toISOString()}`;
    return { data_id: await streams.create('timeseries', name, { ...asked, ...processed }, now), ...processed };
  });

  /** Nothing of a request is stored unless all of it can be. */
  const put = async (
    dataId: string,
    index: number,
    channels: readonly (readonly [string, Points])[],
  ): Promise<number> => {
    const stream = streams.timeseries(dataId);
    const pointsPerChunk = Number(stream.record.asked.points_per_chunk);
    wholeNumber('chunk_index', index, { from: 0, to: Math.floor(2 ** 40 / pointsPerChunk) });
    const total = await stream.write(async (store) => {
      for (const [name, points] of channels) store.check(name, points);
      let last = 0;
      for (const [name, points] of channels) last = await store.put(name, index, points);
      return last;
    });
    runEvents.changed(stream);
    return total;
  };

  app.post(routes.sendPoints, { bodyLimit }, async ({ body }): Promise<SendPointsReply> => {
    const { data_id, chunk_index, channel_name, ...points } = decodeRequest(SendPointsRequest, body);
    const total_points = await put(data_id, chunk_index, [[channel_name, points]]);
    return { data_id, channel_name, chunk_index, total_points };
  });

  app.post(routes.sendChannels, { bodyLimit }, async ({ body }) => {
    const { data_id, chunk_index, channels } = decodeRequest(SendChannelsRequest, body);
    const entries = Object.entries(channels);
    if (entries.length === 0) throw new Refusal(422, 'a chunk must have at least one channel');
    await put(data_id, chunk_index, entries);
    return { data_id, chunk_index };
  });

  app.post<{ Params: { dataId: string } }>(routes.endTimeseries, async ({ params: { dataId } }) => {
    const stream = streams.timeseries(dataId);
    await stream.end(Date.now());
    runEvents.changed(stream);
    return {};
  });
};
