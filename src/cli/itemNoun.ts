import type { StreamKind } from '../model/asked.js';

/** What a session of that kind counts. */
export const itemNoun = ({ kind }: { readonly kind: StreamKind }): string => (kind === 'rheed' ? 'frame' : 'point');
