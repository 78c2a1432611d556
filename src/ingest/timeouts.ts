/** How long an attempt may take before it counts as failed, in ms. */
export interface Timeouts {
  /** To reach a host. Default 10,000. */
  readonly connectMs: number;
  /** An upload without a byte moving. Default 60,000; a slow upload may take as long as it takes. */
  readonly stallMs: number;
  /** A call of the API, from asking for the key to the last byte of the reply. Default 60,000. */
  readonly replyMs: number;
}

export const defaultTimeouts: Timeouts = { connectMs: 10_000, stallMs: 60_000, replyMs: 60_000 };
