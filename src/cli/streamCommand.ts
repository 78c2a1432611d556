import { type Command, Option } from 'commander';
import { channelFile, numeric, sentinel, several, time, window } from './argument.js';
import { linkOptions } from './linkOptions.js';
import { platformOptions } from './platformOptions.js';

/** The options of `epistream stream`, and what they say. */
export const streamCommand = (program: Command): Command =>
  platformOptions(
    logOptions(
      frameOptions(
        linkOptions(
          program
            .command('stream')
            .description('Stream image files, and the logs of the instruments beside them.')
            .argument('[input]', 'a folder of images, a file, or a pattern in quotes, such as "run42/*.png"')
            .option('--name <name>', 'what people will find the run by (default: the sample and the time, or the log)')
            .option('--run <name>', 'the growth run that this belongs to; the same name is the same run')
            .option('--operator <name>', 'who grows'),
        ),
      ),
    ),
  )
    .option('--no-spool', 'keep what is undelivered in memory only')
    .option('--json', 'print one JSON object a line, for every event of the session');

const frameOptions = (command: Command): Command =>
  command
    .option('--fps <rate>', 'frames a second of the capture (required for images)', numeric)
    .option('--chunk <frames>', 'frames a chunk (default: two seconds of them)', numeric)
    .option('--rpm <rate>', 'rotation of the sample, turns a minute', numeric, 0)
    .option('--azimuth <label>', 'azimuth looked along, when the sample does not rotate')
    .option('--window <lo:hi>', 'counts of 16-bit frames that become black and white, or first-frame', window)
    .option('--bits <bits>', 'significant bits of 16-bit frames, in place of --window', numeric)
    .option('--from <channel>', 'what to take of colour: mean, luma, red, green or blue')
    .option('--pace', 'send frames at --fps, as a camera would', true)
    .option('--no-pace', 'send frames as fast as the platform takes them')
    .option('--start <time>', 'capture time of the first frame: ISO 8601 with a zone, or ms since 1970', time);

const logOptions = (command: Command): Command =>
  command
    .option('--log <path>', 'a log: a CSV file, or with --format epic a folder; may be given several times', several)
    .addOption(new Option('--format <format>', 'how the logs are written (default: csv)').choices(['epic', 'csv']))
    .option(
      '--channel <name=path:units>',
      'a channel in a CSV file of its own; units are required; may be given several times',
      channelFile,
    )
    .addOption(
      new Option('--date-order <order>', 'how the logs write dates such as 12/06/2023').choices(['dmy', 'mdy', 'ymd']),
    )
    .option('--tz <zone>', "time zone of the logs' times, such as Europe/Berlin")
    .option('--elapsed-since <time>', 'the times are seconds since this moment', time)
    .option('--time-column <name>', 'column of the times (default: the first); several are read as one', several)
    .option('--delimiter <sign>', 'what stands between cells (default: a comma, with --decimal-comma a semicolon)')
    .option('--decimal-comma', 'numbers are written with a comma')
    .option('--preamble <lines>', 'lines before the header (default: 0)', numeric)
    .option('--sentinel <code=flag>', 'what stands for no value, and why: 9.9E+9=over-range', sentinel)
    .option('--drop-bad-rows', 'warn of rows that cannot be read, and go on')
    .option('--follow', 'go on with what is added to the logs, until Ctrl-C')
    .option('--stale-after <ms>', 'warn when a channel that is followed says nothing for so long', numeric)
    .option('--flat-after <ms>', 'warn when a channel says the same for so long, by its times', numeric)
    .option('--points-per-chunk <points>', 'points a chunk of a channel (default: 1000; 100 with --follow)', numeric)
    .option('--flush-after <ms>', 'how late a slow channel may be (default: 10000)', numeric);
