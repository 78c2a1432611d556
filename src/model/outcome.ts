/** How a session came to its end: its source completed, was left (unsubscribed, closed), or failed. */
export type Outcome = 'complete' | 'cancelled' | 'failed';
