import type { Platform } from '../delivery/platform.js';
import type { GrowthRun } from '../model/growthRun.js';
import { growthRun } from '../sinks/growthRun.js';
import { rheedSink } from '../sinks/rheedSink.js';
import type { StreamSettings } from './streamSettings.js';

/** Where what is read goes. */
export type Sinks = Pick<GrowthRun, 'rheedSink' | 'timeseriesSink' | 'eventSink'>;

/** The sinks of a growth run; frames alone have a stream of their own name. */
export const sinksOf = (platform: Platform, { run, frames }: StreamSettings): Sinks => {
  const sinks = growthRun(platform, run ?? { name: 'frames alone' });
  if (run !== undefined || frames === undefined) return sinks;
  return {
    rheedSink: () => rheedSink(platform, frames.rheed),
    timeseriesSink: sinks.timeseriesSink,
    eventSink: sinks.eventSink.bind(sinks),
  };
};
