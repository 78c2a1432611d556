import { asyncScheduler } from 'rxjs';
import type { Clock } from './clock.js';
import { clockScheduler, isVirtual } from './clockScheduler.js';

/** This computer's clock: monotonic timers and the wall's time; both virtual inside `TestScheduler.run()`. */
export const hostClock: Clock = {
  scheduler: clockScheduler,
  wallMs: () => (isVirtual() ? asyncScheduler.now() : Date.now()),
};
