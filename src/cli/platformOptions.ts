import type { Command } from 'commander';

/** Adds the options that say where a spool is. */
export const spoolOption = (command: Command): Command =>
  command.option(
    '--spool <dir>',
    "folder that keeps what is undelivered (default: the environment's EPISTREAM_SPOOL_DIR, else one of yours)",
  );

/** Adds the options that say which platform is meant, and where what it does not have yet is kept. */
export const platformOptions = (command: Command): Command =>
  spoolOption(
    command
      .option('--endpoint <url>', "the platform (default: the environment's AS_API_ENDPOINT)")
      .option(
        '--key <key>',
        "API key (default: the environment's AS_API_KEY, which other users of this computer cannot see)",
      ),
  );
