/** How a session came to its end: its source completed, was left (unsubscribed, closed), or failed; or its process died. */
export type Outcome = 'complete' | 'cancelled' | 'failed' | 'interrupted';
