#!/usr/bin/env node
import { CommanderError } from 'commander';
import { plainError } from './plainError.js';
import { programOf } from './program.js';
import { signals } from './signals.js';

/** Whoever read the output may have gone (`| head`, a closed window): the run goes on. */
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});

// A command's rooms are loaded when it is used: `--help` needs none of them.
const program = programOf({
  serve: async (settings) => {
    const { serve } = await import('./serve.js');
    process.exitCode = await serve(settings, signals());
  },
  stream: async (settings) => {
    const { stream } = await import('./stream.js');
    process.exitCode = await stream(settings, signals());
  },
});

try {
  await program.parseAsync();
} catch (error) {
  // commander has said what is wrong; its own code for bad usage is 1.
  if (!(error instanceof CommanderError)) process.stderr.write(`${plainError(error)}\n`);
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : 2;
}
