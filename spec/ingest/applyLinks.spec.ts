import { describe, expect, it } from '@jest/globals';
import { type Observable, of, switchMap, throwError, timer } from 'rxjs';
import { applyLinks } from '../../src/ingest/applyLinks.js';
import type { Call, HttpCall } from '../../src/ingest/httpCall.js';
import { pathOf, routes } from '../../src/ingest/routes.js';
import type { DataId } from '../../src/model/identifiers.js';
import { marbles } from '../../src/testing/marbles.js';

const platform = (fails: string[] = []) => {
  const asked: string[] = [];
  const call = <A>({ path: route, ids, body }: Call<A>): Observable<unknown> => {
    const path = pathOf(route, ids);
    asked.push(`${path} ${JSON.stringify(body)}`);
    return timer(2).pipe(switchMap(() => (fails.includes(path) ? throwError(() => 'error') : of({}))));
  };
  return { asked, link: applyLinks(call as HttpCall, routes) };
};

const dataId = 'd-1' as DataId;

describe('applyLinks', () => {
  it('has nothing to do without links', () => {
    marbles(({ expectObservable }) => {
      const { link, asked } = platform();
      expectObservable(link(dataId, { tagIds: [], projectId: 'p' })).toBe('|');
      expect(asked).toEqual([]);
    });
  });

  it('links the sample, then its project, with the tags beside them', () => {
    const { link, asked } = platform();
    marbles(({ expectObservable }) => {
      expectObservable(link(dataId, { sampleId: 's', projectId: 'p', tagIds: ['t1', 't2'] })).toBe('----|');
    });
    expect(asked.sort()).toEqual([
      '/data_entries/physical_sample {"data_ids":["d-1"],"physical_sample_id":"s"}',
      '/projects/p/configuration/tracking_samples {"physical_sample_id":"s","set_active":true}',
      '/tags/data-items/ {"data_ids":["d-1"],"tag_ids":["t1","t2"]}',
    ]);
  });

  it('takes as long as the slower side', () => {
    marbles(({ expectObservable }) => {
      expectObservable(platform().link(dataId, { tagIds: ['t'] })).toBe('--|');
      expectObservable(platform().link(dataId, { sampleId: 's', tagIds: ['t'] })).toBe('--|');
      expectObservable(platform().link(dataId, { sampleId: 's', projectId: 'p', tagIds: [] })).toBe('----|');
    });
  });

  it('fails with the first that fails', () => {
    marbles(({ expectObservable }) => {
      expectObservable(platform([routes.linkTags]).link(dataId, { sampleId: 's', projectId: 'p', tagIds: ['t'] })).toBe(
        '--#',
      );
      expectObservable(platform([routes.linkSample]).link(dataId, { sampleId: 's', projectId: 'p', tagIds: [] })).toBe(
        '--#',
      );
    });
  });
});
