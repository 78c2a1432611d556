#!/usr/bin/env node
import { CommanderError } from 'commander';
import { type ExitCode, exitCodeOf } from './exitCode.js';
import { plainError } from './plainError.js';
import { programOf } from './program.js';
import { signals } from './signals.js';

/** Whoever read the output may have gone (`| head`, a closed window): the run goes on. */
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});

const exitWith = async (code: Promise<ExitCode>): Promise<void> => {
  process.exitCode = await code;
};

// A command's rooms are loaded when it is used: `--help` needs none of them.
const program = programOf({
  serve: async (settings) => exitWith((await import('./serve.js')).serve(settings, signals())),
  stream: async (settings) => exitWith((await import('./stream.js')).stream(settings, signals())),
  note: async (text, flags) => exitWith((await import('./note.js')).note(text, flags, signals())),
  doctor: async (settings) => exitWith((await import('./doctor/doctor.js')).doctor(settings)),
  spool: {
    ls: async (settings) => exitWith((await import('./spool/listSessions.js')).listSessions(settings)),
    verify: async (settings) => exitWith((await import('./spool/verifySpool.js')).verifySpool(settings)),
    drain: async (settings) => exitWith((await import('./spool/drainSpool.js')).drainSpool(settings, signals())),
    export: async (session, settings) =>
      exitWith((await import('./spool/exportSession.js')).exportSession(session, settings)),
    retry: async (session, settings) =>
      exitWith((await import('./spool/retrySession.js')).retrySession(session, settings, signals())),
    gc: async (sessions, settings) => {
      const { askAtTerminal } = await import('./spool/askAtTerminal.js');
      const { collectGarbage } = await import('./spool/collectGarbage.js');
      return exitWith(collectGarbage(sessions, settings, askAtTerminal(process.stdin, process.stderr)));
    },
  },
});

try {
  await program.parseAsync();
} catch (error) {
  // commander has said what is wrong; its own code for bad usage is 1.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`${plainError(error)}\n`);
    process.exitCode = exitCodeOf({ error });
  }
}
