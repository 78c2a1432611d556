import type { PlatformStatus } from '../model/platformStatus.js';
import type { Problem } from '../model/problem.js';

/** What has become of the platform. */
export type Turn = { readonly is: 'away'; readonly problem: Problem } | { readonly is: 'back' };

/** What is over sooner than this is a hiccup, ms. */
const HICCUP_MS = 3_000;

/** Tells from a platform's status when it goes away, and when it is back. */
export class Outage {
  isOn = false;

  hear({ outage, paused }: Pick<PlatformStatus, 'outage' | 'paused'>, nowMs: number): Turn | undefined {
    // It answers, but not as anybody hoped: a refused key.
    if (paused !== undefined) return undefined;
    if (outage === undefined) {
      const wasOn = this.isOn;
      this.isOn = false;
      return wasOn ? { is: 'back' } : undefined;
    }
    if (this.isOn || nowMs - outage.since < HICCUP_MS) return undefined;
    this.isOn = true;
    return { is: 'away', problem: outage.problem };
  }
}
