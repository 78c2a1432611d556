import type { SchedulerLike } from 'rxjs';

/** The two meanings of time: what moves timers, and what names moments. A TestScheduler in specs. */
export interface Clock {
  /** Monotonic: a step of the wall clock moves no timer. */
  readonly scheduler: SchedulerLike;
  /** The host's wall clock, ms UTC. */
  wallMs(): number;
}
