import { routes } from '../ingest/routes.js';

/** The kind of call a request is, as a script names it. */
export type FaultPhase =
  | 'clock'
  | 'resolve'
  | 'create'
  | 'link'
  | 'presign'
  | 'put'
  | 'points'
  | 'end'
  | 'results'
  | 'streams'
  | 'other';

const phases: readonly (readonly [FaultPhase, readonly string[]])[] = [
  ['clock', [routes.clock]],
  ['resolve', [routes.samples, routes.tags]],
  ['create', [routes.createRheed, routes.createTimeseries]],
  ['link', [routes.linkSample, routes.linkTags, routes.trackSample]],
  ['presign', [routes.uploadUrls]],
  ['points', [routes.sendPoints, routes.sendChannels]],
  ['end', [routes.endRheed, routes.endTimeseries]],
  ['results', [routes.rheedResults, routes.timeseriesResults]],
  ['streams', [routes.streams]],
];

const matches = (route: string, path: string): boolean => new RegExp(`${route.replace(/:\w+/g, '[^/]+')}$`).test(path);

/**
 * Which call a request is: by its route, behind any prefix; every PUT is an upload.
 *
 * @internal
 */
export const phaseOf = (method: string, url: string): FaultPhase => {
  const path = url.replace(/\?.*/s, '');
  if (method === 'PUT') return 'put';
  return phases.find(([, known]) => known.some((route) => matches(route, path)))?.[0] ?? 'other';
};
