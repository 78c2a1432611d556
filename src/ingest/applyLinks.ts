import { concat, EMPTY, ignoreElements, merge, type Observable } from 'rxjs';
import type { DataId } from '../model/identifiers.js';
import type { LinkSampleRequest, LinkTagsRequest, TrackSampleRequest } from './codecs.js';
import { Anything, type HttpCall } from './httpCall.js';
import type { ResolvedLinks } from './ingest.js';
import type { Routes } from './routes.js';

/** Applies resolved links to a stream: the sample, then its project; the tags beside them. */
export const applyLinks =
  (call: HttpCall, routes: Routes) =>
  (dataId: DataId, { sampleId, projectId, tagIds }: ResolvedLinks): Observable<never> => {
    const post = (path: string, body: object, ids = {}) =>
      call({ step: 'link', method: 'POST', path, ids, body, reply: Anything });
    const linkSample = (id: string) =>
      post(routes.linkSample, { data_ids: [dataId], physical_sample_id: id } satisfies LinkSampleRequest);
    const track = (id: string, project: string) =>
      post(routes.trackSample, { physical_sample_id: id, set_active: true } satisfies TrackSampleRequest, {
        projectId: project,
      });
    const linkTags = () =>
      post(routes.linkTags, { data_ids: [dataId], tag_ids: [...tagIds] } satisfies LinkTagsRequest);
    const sample$ = sampleId ? concat(linkSample(sampleId), projectId ? track(sampleId, projectId) : EMPTY) : EMPTY;
    return merge(sample$, tagIds.length > 0 ? linkTags() : EMPTY).pipe(ignoreElements());
  };
