import type { RheedOptions } from './rheedOptions.js';
import type { AskedTimeseries } from './timeseriesOptions.js';

/** What was asked of a session, as its journal keeps it (never the key). */
export type Asked =
  | { readonly kind: 'rheed'; readonly options: RheedOptions }
  | { readonly kind: 'timeseries'; readonly options: AskedTimeseries };

export type StreamKind = Asked['kind'];
