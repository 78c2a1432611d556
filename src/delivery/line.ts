import { Gate } from './gate.js';
import { Places } from './places.js';
import { RetryTokens } from './retryTokens.js';

/** The way to one platform, shared by all its sessions: what one of them learns of an outage or a key holds for all. */
export class Line {
  readonly gate = new Gate();
  readonly tokens = new RetryTokens();
  /** Where the backlogs go from: half of what one session may send at a time, so that live chunks always find the way free. */
  readonly backlog: Places;
  /** The key has been accepted at least once. */
  keyHasWorked = false;

  constructor(inFlight: number) {
    this.backlog = new Places(Math.max(1, Math.floor(inFlight / 2)));
  }
}
