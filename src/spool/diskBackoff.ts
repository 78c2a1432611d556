import type { RetryPolicy } from '../flow/retryPolicy.js';

/** How long a disk that failed is left alone: 0.5 s, doubling up to 5 s. One process uses it, so there is nobody to spread. */
export const diskBackoff: RetryPolicy = { baseMs: 500, capMs: 5000, random: () => 1 };
