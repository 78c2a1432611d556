/** Seconds between two times in unix seconds, in whole µs: more than a double of today's holds. */
export const secondsSince = (first: number, time: number): number => Math.round((time - first) * 1e6) / 1e6;
