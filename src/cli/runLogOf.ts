import { jsonLines } from './jsonLines.js';
import type { RunLog } from './runLog.js';
import { terminalLines } from './terminalLines.js';

/** Tells a run on this process's outputs. */
export const runLogOf = ({ json }: { readonly json: boolean }): RunLog =>
  json
    ? jsonLines(
        (line) => process.stdout.write(line),
        (text) => process.stderr.write(text),
      )
    : terminalLines(process.stderr, process.stdout);
