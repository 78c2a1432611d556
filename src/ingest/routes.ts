/** The paths of the platform's API below its endpoint; `:name` stands for an id. */
export const routes = {
  clock: '/gateway/time',
  samples: '/physical_samples/',
  tags: '/tags/',
  linkSample: '/data_entries/physical_sample',
  linkTags: '/tags/data-items/',
  trackSample: '/projects/:projectId/configuration/tracking_samples',
  createRheed: '/rheed/stream/',
  endRheed: '/rheed/stream/:dataId/end',
  uploadUrls: '/data_entries/raw_data/staged/upload_urls/',
  createTimeseries: '/tool-state/stream/initialize',
  sendPoints: '/tool-state/stream/chunk',
  sendChannels: '/tool-state/stream/chunk/multi',
  endTimeseries: '/tool-state/stream/:dataId/finalize',
  rheedResults: '/rheed/timeseries/:dataId/',
  timeseriesResults: '/tool-state/:dataId/timeseries/',
  /** Of the local platform; no other is known to have it. */
  streams: '/streams',
} as const;

/** One table, overridable: the platform has renamed its routes before. */
export type Routes = { readonly [Name in keyof typeof routes]: string };

/** A route with its ids filled in, each as one path segment. */
export const pathOf = (route: string, ids: Readonly<Record<string, string>> = {}): string =>
  route.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(ids[name] ?? ''));
