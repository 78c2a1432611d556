import type { Command } from 'commander';
import { time } from './argument.js';
import { type LinkFlags, linkOptions } from './linkOptions.js';
import { platformOptions } from './platformOptions.js';
import type { PlatformFlags } from './platformSettings.js';

/** The options of `epistream note`, parsed and not yet judged. */
export interface NoteFlags extends PlatformFlags, LinkFlags {
  readonly run: string;
  readonly operator?: string;
  readonly at?: number;
  readonly json?: boolean;
}

/** The options of `epistream note`, and what they say. */
export const noteCommand = (program: Command): Command =>
  platformOptions(
    linkOptions(
      program
        .command('note')
        .description('Note what happened in a growth run, in words.')
        .argument('<text>', 'what happened, in quotes, such as "open Ga"')
        .requiredOption('--run <name>', 'the growth run that it belongs to (required)')
        .option('--operator <name>', 'who notes it')
        .option(
          '--at <time>',
          'when it happened, sent as it is: ISO 8601 with a zone, or ms since 1970 (default: now)',
          time,
        ),
    ),
  )
    .option('--no-spool', 'keep it in memory only')
    .option('--json', 'print one JSON object a line, for every event of the session');
