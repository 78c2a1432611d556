import type { Sample } from '../model/sample.js';

/** The points that a sample becomes in a session: what its instrument said instead of a value stands in a channel beside it. */
export const pointsOf = ({ flag, raw }: Sample): number => (flag === undefined || raw === undefined ? 1 : 2);
