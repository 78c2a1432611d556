import type { FastifyInstance } from 'fastify';
import { CreateNamedRequest, LinkSampleRequest, LinkTagsRequest, TrackSampleRequest } from '../ingest/codecs.js';
import { routes } from '../ingest/routes.js';
import type { Catalogue } from './catalogue.js';
import type { DataDirectory } from './dataDirectory.js';
import { decodeRequest } from './decodeRequest.js';
import { Refusal } from './refusal.js';

const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const catalogueRoutes = (app: FastifyInstance, route: string, catalogue: Catalogue): void => {
  app.get(route, async () => catalogue.list());
  app.post(route, ({ body }) => catalogue.add(decodeRequest(CreateNamedRequest, body).name));
};

/** Physical samples, tags, and what links them to streams and projects. */
export const links = (app: FastifyInstance, { samples, tags, trackedSamples, streams }: DataDirectory): void => {
  catalogueRoutes(app, routes.samples, samples);
  catalogueRoutes(app, routes.tags, tags);

  app.post(routes.linkSample, async ({ body }) => {
    const { data_ids: dataIds, physical_sample_id: sampleId } = decodeRequest(LinkSampleRequest, body);
    samples.get(sampleId);
    await Promise.all(
      dataIds.map((id) => streams.any(id)).map((stream) => stream.change(() => ({ physical_sample_id: sampleId }))),
    );
    return {};
  });

  app.post(routes.linkTags, async ({ body }) => {
    const { data_ids: dataIds, tag_ids: tagIds } = decodeRequest(LinkTagsRequest, body);
    for (const id of tagIds) tags.get(id);
    await Promise.all(
      dataIds
        .map((id) => streams.any(id))
        .map((stream) => stream.change(({ tag_ids: had }) => ({ tag_ids: [...new Set([...had, ...tagIds])] }))),
    );
    return {};
  });

  app.post<{ Params: { projectId: string } }>(routes.trackSample, async ({ params: { projectId }, body }) => {
    const { physical_sample_id: sampleId, set_active: active } = decodeRequest(TrackSampleRequest, body);
    if (!isUuid.test(projectId)) throw new Refusal(422, `the project must be a UUID, and is ${projectId.slice(0, 80)}`);
    samples.get(sampleId);
    await trackedSamples.set(projectId.toLowerCase(), sampleId, active);
    return {};
  });
};
