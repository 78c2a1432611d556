import { createRequire } from 'node:module';
import { Command, InvalidArgumentError } from 'commander';
import { type StreamFlags, type StreamSettings, streamSettings } from './streamSettings.js';

export interface ServeSettings {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** What the commands do. */
export interface Commands {
  serve(settings: ServeSettings): Promise<void>;
  stream(settings: StreamSettings): Promise<void>;
}

/** The `epistream` command: its options, and what they say. Throws a `CommanderError`, after saying why, for bad usage. */
export const programOf = (commands: Commands): Command => {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  const program = new Command('epistream')
    .description('RHEED frames to an ingest platform, without losing one.')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(explained(text)) });
  serveCommand(program).action((settings: ServeSettings) => commands.serve(settings));
  streamCommand(program).action((input: string, flags: StreamFlags) => commands.stream(streamSettings(input, flags)));
  return program;
};

const serveCommand = (program: Command): Command =>
  program
    .command('serve')
    .description('Run a local platform that keeps streams as Zarr stores.')
    .option('--port <port>', 'port to listen on; 0 takes a free one', numeric, 4100)
    .option('--host <host>', 'address to listen on; any that others can reach needs --key', '127.0.0.1')
    .option('--data <dir>', 'folder of the streams', 'epistream-data')
    .option('--key <key>', 'key that every call must carry')
    .option('--json', 'print one JSON object a line');

const streamCommand = (program: Command): Command =>
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
    .option('--tag <tag>', 'name or UUID of a tag; may be given several times', (tag, tags: string[] = []) => [
      ...tags,
      tag,
    ])
    .option('--azimuth <label>', 'azimuth looked along, when the sample does not rotate')
    .option('--window <lo:hi>', 'counts of 16-bit frames that become black and white, or first-frame', window)
    .option('--bits <bits>', 'significant bits of 16-bit frames, in place of --window', numeric)
    .option('--from <channel>', 'what to take of colour: mean, luma, red, green or blue')
    .option('--pace', 'send frames at --fps, as a camera would', true)
    .option('--no-pace', 'send frames as fast as the platform takes them')
    .option('--start <time>', 'capture time of the first frame: ISO 8601 with a zone, or ms since 1970', time)
    .option('--endpoint <url>', "the platform (default: the environment's AS_API_ENDPOINT)")
    .option(
      '--key <key>',
      "API key (default: the environment's AS_API_KEY, which other users of this computer cannot see)",
    )
    .option('--spool <dir>', 'accepted; not used by this version, which keeps what is undelivered in memory')
    .option('--no-spool', 'keep what is undelivered in memory')
    .option('--json', 'print one JSON object a line, for every event of the session');

/** A value after `=` may be a key behind a misspelt flag, and is not repeated. */
const explained = (text: string): string => {
  const plain = text.replace(/(unknown option '[^'=]*)=[^\n]*'/, "$1'");
  const isExpanded = plain.includes('too many arguments');
  return isExpanded ? plain.replace(/\n*$/, ' Put a pattern in quotes.\n') : plain;
};

const numeric = (text: string): number => {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(number)) return number;
  throw new InvalidArgumentError('It must be a number.');
};

const window = (text: string): readonly [number, number] | 'first-frame' => {
  if (text === 'first-frame') return text;
  const [lo, hi, ...others] = text.split(':');
  if (lo === undefined || hi === undefined || others.length > 0)
    throw new InvalidArgumentError('It must be LO:HI, such as 0:4095, or first-frame.');
  return [numeric(lo), numeric(hi)];
};

const isoWithZone = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

const time = (text: string): number => {
  const ms = /^\d+$/.test(text)
    ? Number(text)
    : isoWithZone.test(text) && isDay(text.slice(0, 10))
      ? Date.parse(text)
      : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw new InvalidArgumentError('It must be like 2026-03-01T14:30:00+01:00, with a zone, or ms since 1970.');
};

/** `Date.parse` makes 2 March of 30 February. */
const isDay = (day: string): boolean => {
  const ms = Date.parse(day);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(day);
};
