import type { PlatformSettings } from './platformSettings.js';

/** The command that delivers what this one leaves in the spool, with the same options; never with the key. */
export const resumeCommand = ({ endpoint, spool }: PlatformSettings): string =>
  [
    'epistream spool drain',
    ...(endpoint === undefined ? [] : ['--endpoint', quoted(endpoint)]),
    ...(spool ? ['--spool', quoted(spool.dir ?? '')] : []),
  ].join(' ');

/** As a shell takes it, on Windows too. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./\\-]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`;
