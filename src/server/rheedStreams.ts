import type { FastifyInstance } from 'fastify';
import { CreateRheedRequest } from '../ingest/codecs.js';
import { routes } from '../ingest/routes.js';
import { defaultStreamName } from '../model/defaultStreamName.js';
import type { DataDirectory } from './dataDirectory.js';
import { decodeRequest } from './decodeRequest.js';

/** The beginning and the end of a RHEED stream; its chunks are `uploads`. */
export const rheedStreams = (app: FastifyInstance, { streams }: DataDirectory): void => {
  app.post(routes.createRheed, async ({ body }, reply) => {
    const asked = decodeRequest(CreateRheedRequest, body);
    const now = Date.now();
    const dataId = await streams.create(
      'rheed',
      asked.data_item_name.trim() || defaultStreamName(new Date(now)),
      asked,
      now,
    );
    // A bare JSON string, which fastify would send as text.
    return reply.type('application/json').send(JSON.stringify(dataId));
  });

  app.post<{ Params: { dataId: string } }>(routes.endRheed, async ({ params: { dataId } }) => {
    await streams.rheed(dataId).end(Date.now());
    return {};
  });
};
