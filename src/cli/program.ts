import { createRequire } from 'node:module';
import { Command } from 'commander';
import { numeric } from './argument.js';
import { type DoctorSettings, doctorCommand } from './doctorCommand.js';
import { type NoteFlags, noteCommand } from './noteCommand.js';
import { type SpoolCommands, spoolCommand } from './spoolCommand.js';
import { streamCommand } from './streamCommand.js';
import { type StreamFlags, type StreamSettings, streamSettings } from './streamSettings.js';
import { streamUsage } from './streamUsage.js';

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
  note(text: string, flags: NoteFlags): Promise<void>;
  doctor(settings: DoctorSettings): Promise<void>;
  readonly spool: SpoolCommands;
}

/** The `epistream` command: its options, and what they say. Throws a `CommanderError`, after saying why, for bad usage. */
export const programOf = (commands: Commands): Command => {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  const program = new Command('epistream')
    .description('RHEED frames and instrument channels to an ingest platform, without losing one.')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(explained(text)) });
  serveCommand(program).action((settings: ServeSettings) => commands.serve(settings));
  streamCommand(program).action((input: string | undefined, flags: StreamFlags, command: Command) => {
    const wrong = streamUsage(input, flags);
    if (wrong !== undefined) command.error(`error: ${wrong}`);
    return commands.stream(streamSettings(input, flags));
  });
  noteCommand(program).action((text: string, flags: NoteFlags) => commands.note(text, flags));
  spoolCommand(program, commands.spool);
  doctorCommand(program).action((flags) => commands.doctor(flags));
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

/** A value after `=` may be a key behind a misspelt flag, and is not repeated. */
const explained = (text: string): string => {
  const plain = text.replace(/(unknown option '[^'=]*)=[^\n]*'/, "$1'");
  const isExpanded = plain.includes("too many arguments for 'stream'");
  return isExpanded ? plain.replace(/\n*$/, ' Put a pattern in quotes.\n') : plain;
};
