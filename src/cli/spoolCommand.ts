import type { Command } from 'commander';
import { several } from './argument.js';
import { platformOptions, spoolOption } from './platformOptions.js';
import type { PlatformFlags } from './platformSettings.js';

/** The options that every `epistream spool` command takes; some take the platform's too. */
export interface SpoolSettings extends PlatformFlags {
  readonly spool?: string;
  readonly json?: boolean;
}

export interface RetrySettings extends SpoolSettings {
  readonly sample?: string;
  readonly project?: string;
  readonly tag?: readonly string[];
  readonly adopt?: boolean;
}

/** What the commands below `epistream spool` do. */
export interface SpoolCommands {
  ls(settings: SpoolSettings): Promise<void>;
  verify(settings: SpoolSettings): Promise<void>;
  drain(settings: SpoolSettings & { readonly watch?: boolean }): Promise<void>;
  export(session: string, settings: SpoolSettings & { readonly out: string }): Promise<void>;
  retry(session: string, settings: RetrySettings): Promise<void>;
  gc(sessions: readonly string[], settings: SpoolSettings & { readonly yes?: boolean }): Promise<void>;
}

const SESSION = 'its id, the beginning of its id, or the name of its stream';

/** `epistream spool …`: what is kept on disk until the platform has it. */
export const spoolCommand = (program: Command, run: SpoolCommands): Command => {
  const spool = program.command('spool').description('Look after what is kept on disk until the platform has it.');
  const named = (name: string, description: string) =>
    spool.command(name).description(description).option('--json', 'print one JSON object a line');
  platformOptions(named('ls', 'List the sessions that are kept.')).action((settings) => run.ls(settings));
  spoolOption(named('verify', 'Check every record and every chunk against its checksum; changes nothing.')).action(
    (settings) => run.verify(settings),
  );
  platformOptions(named('drain', "Deliver the platform's sessions that no process is delivering."))
    .option('--watch', 'go on for ever and take over what appears, as a service')
    .action((settings) => run.drain(settings));
  spoolOption(named('export', 'Write what a session has not delivered as a Zarr store; changes nothing in the spool.'))
    .argument('<session>', SESSION)
    .requiredOption('--out <dir>', 'folder to write, new or empty (required)')
    .action((session, settings) => run.export(session, settings));
  platformOptions(named('retry', 'Send again what the platform refused, and what was left because a stream had ended.'))
    .argument('<session>', SESSION)
    .option('--sample <sample>', 'name or UUID of the physical sample, in place of the one asked for')
    .option('--project <uuid>', 'UUID of the project, in place of the one asked for')
    .option('--tag <tag>', 'name or UUID of a tag, in place of those asked for; may be given several times', several)
    .option('--adopt', 'take a session that was made with another key under this one')
    .action((session, settings) => run.retry(session, settings));
  spoolOption(named('gc', 'Remove what is finished or empty; the rest only after a question, or with --yes.'))
    .argument('[sessions...]', `only these: each ${SESSION}`)
    .option('--yes', 'remove also what is undelivered or was refused, without asking')
    .action((sessions, settings) => run.gc(sessions, settings));
  return spool;
};
