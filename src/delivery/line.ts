import { Gate } from './gate.js';
import { RetryTokens } from './retryTokens.js';

/** The way to one platform, shared by all its sessions: what one of them learns of an outage or a key holds for all. */
export class Line {
  readonly gate = new Gate();
  readonly tokens = new RetryTokens();
  /** The key has been accepted at least once. */
  keyHasWorked = false;
}
