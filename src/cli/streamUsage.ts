import type { StreamFlags } from './streamSettings.js';

/** What is wrong with the inputs that were given, in a sentence; else nothing. */
export const streamUsage = (input: string | undefined, flags: StreamFlags): string | undefined => {
  const { fps, log = [], channel = [], name, run, operator } = flags;
  const isFramesAlone = log.length + channel.length === 0;
  if (input === undefined && isFramesAlone) return 'there is nothing to stream: give INPUT, --log or --channel';
  if (input !== undefined && fps === undefined) return "option '--fps <rate>' not specified: images do not say it";
  if (run !== undefined && name !== undefined) return '--run is the name of the run: leave --name out';
  if (operator !== undefined && isFramesAlone && run === undefined)
    return '--operator needs --run: frames alone have none';
  return undefined;
};
