import type { Command } from 'commander';
import { platformOptions } from './platformOptions.js';
import type { PlatformFlags } from './platformSettings.js';

export interface DoctorSettings extends PlatformFlags {
  readonly spool?: string;
  readonly json?: boolean;
}

/** The options of `epistream doctor`. */
export const doctorCommand = (program: Command): Command =>
  platformOptions(
    program
      .command('doctor')
      .description('Look whether all that a run needs is there: platform, key, clock, spool, disk, encoder.'),
  ).option('--json', 'print one JSON object a line, for every check');
