import type { Command } from 'commander';
import { numeric, several, time, window } from './argument.js';
import { platformOptions } from './platformOptions.js';

/** The options of `epistream stream`, and what they say. */
export const streamCommand = (program: Command): Command =>
  platformOptions(
    program
      .command('stream')
      .description('Stream image files into a RHEED session.')
      .argument('<input>', 'a folder of images, a file, or a pattern in quotes, such as "run42/*.png"')
      .requiredOption('--fps <rate>', 'frames a second of the capture (required)', numeric)
      .option('--chunk <frames>', 'frames a chunk (default: two seconds of them)', numeric)
      .option('--rpm <rate>', 'rotation of the sample, turns a minute', numeric, 0)
      .option('--name <name>', 'what people will find the run by (default: the sample and the time)')
      .option('--sample <sample>', 'name or UUID of the physical sample')
      .option('--project <uuid>', 'UUID of a project')
      .option('--tag <tag>', 'name or UUID of a tag; may be given several times', several)
      .option('--azimuth <label>', 'azimuth looked along, when the sample does not rotate')
      .option('--window <lo:hi>', 'counts of 16-bit frames that become black and white, or first-frame', window)
      .option('--bits <bits>', 'significant bits of 16-bit frames, in place of --window', numeric)
      .option('--from <channel>', 'what to take of colour: mean, luma, red, green or blue')
      .option('--pace', 'send frames at --fps, as a camera would', true)
      .option('--no-pace', 'send frames as fast as the platform takes them')
      .option('--start <time>', 'capture time of the first frame: ISO 8601 with a zone, or ms since 1970', time),
  )
    .option('--no-spool', 'keep what is undelivered in memory only')
    .option('--json', 'print one JSON object a line, for every event of the session');
