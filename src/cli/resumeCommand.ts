import type { PlatformSettings } from './platformSettings.js';

/** The spool's command that goes on with what this one leaves there, with the same options; never with the key. */
export const resumeCommand = ({ endpoint, spool }: PlatformSettings, command = 'drain'): string =>
  [
    `epistream spool ${command}`,
    ...(endpoint === undefined ? [] : ['--endpoint', quoted(endpoint)]),
    ...(spool ? ['--spool', quoted(spool.dir ?? '')] : []),
  ].join(' ');

/** As a shell takes it, on Windows too. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./\\-]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`;
