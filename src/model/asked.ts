import type { RheedOptions } from './rheedOptions.js';

/** What was asked of a session, as its journal keeps it (never the key). */
export type Asked = { readonly kind: 'rheed'; readonly options: RheedOptions };

export type StreamKind = Asked['kind'];
