import type { Command } from 'commander';
import type { Links } from '../model/links.js';
import { several } from './argument.js';

/** The options that say what a run is linked to. */
export interface LinkFlags {
  readonly sample?: string;
  readonly project?: string;
  readonly tag?: readonly string[];
}

/** Adds them to a command. */
export const linkOptions = (command: Command): Command =>
  command
    .option('--sample <sample>', 'name or UUID of the physical sample')
    .option('--project <uuid>', 'UUID of a project')
    .option('--tag <tag>', 'name or UUID of a tag; may be given several times', several);

/** In the library's terms. */
export const linksOf = ({ sample, project, tag }: LinkFlags): Links => ({
  ...(sample === undefined ? {} : { physicalSample: sample }),
  ...(project === undefined ? {} : { projectId: project }),
  ...(tag === undefined ? {} : { tags: tag }),
});
