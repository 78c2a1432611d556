import { VirtualTimeScheduler } from 'rxjs';
import type { Clock } from '../../src/flow/clock.js';

/** A clock that stands until it is moved: for code that waits for promises in between, which a TestScheduler does not. */
export class ManualClock implements Clock {
  readonly scheduler = new VirtualTimeScheduler();

  constructor() {
    this.scheduler.maxFrames = 0;
  }

  wallMs(): number {
    return this.scheduler.now();
  }

  /** Moves it by so many ms, and lets what that starts come to rest. */
  async pass(ms: number): Promise<void> {
    await settled();
    this.scheduler.maxFrames += ms;
    this.scheduler.flush();
    this.scheduler.frame = this.scheduler.maxFrames;
    await settled();
  }

  /** Moves it until a promise resolves. */
  async until<T>(promise: Promise<T>, stepMs = 10): Promise<T> {
    let isDone = false;
    const done = promise.finally(() => {
      isDone = true;
    });
    for (let steps = 0; !isDone; steps++) {
      if (steps > 10_000) throw new Error('it never comes to an end');
      await this.pass(stepMs);
    }
    return done;
  }
}

/** Lets promises that need nothing but each other come to rest. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
