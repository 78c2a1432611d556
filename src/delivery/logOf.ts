import { InputError } from '../model/errors.js';
import type { Logger } from '../model/logger.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { Verbosity } from '../model/verbosity.js';
import { narrate } from './narrate.js';

/** What is told, and to whom. */
export interface LogOptions {
  /** 0 nothing, 1 what went wrong, 2 the session's life, 3 every retry, 4 every chunk. Default 0; with a `logger`, 2. */
  readonly verbosity?: Verbosity | undefined;
  /** Who is told. Default stderr. */
  readonly logger?: Logger | undefined;
}

/** Tells a platform's story, line by line. It never throws. */
export interface Log {
  event(event: SessionEvent): void;
  /** Of what belongs to no session. Where nobody has chosen a log it is a process warning: it must not pass unseen. */
  warn(message: string): void;
}

const levels: readonly (keyof Logger)[] = ['error', 'warn', 'info', 'debug'];

/** The log that was asked for. Throws an `InputError` for a verbosity or a logger that is none. */
export const logOf = ({ logger, verbosity = logger === undefined ? 0 : 2 }: LogOptions): Log => {
  if (![0, 1, 2, 3, 4].includes(verbosity))
    throw new InputError('verbosity', verbosity, 'must be a whole number from 0 to 4');
  if (logger !== undefined && !levels.every((level) => typeof Object(logger)[level] === 'function'))
    throw new InputError('logger', logger, `must have the functions ${levels.join(', ')}`);
  const say = guarded(logger ?? toStderr);
  return {
    event: (event) => {
      const { from, level, text } = narrate(event);
      if (from <= verbosity) say(level, text);
    },
    warn: (message) => {
      if (verbosity > 0) say('warn', `epistream ${message}`);
      else if (logger === undefined) process.emitWarning(message, 'EpistreamWarning');
    },
  };
};

// The console, unlike the stream, survives a reader of stderr that has left.
const stderr = (line: string): void => console.error(line);
const toStderr: Logger = { error: stderr, warn: stderr, info: stderr, debug: stderr };

/** A logger that cannot stop what it is told of. */
const guarded = (logger: Logger): ((level: keyof Logger, line: string) => void) => {
  let isTold = false;
  const failed = (error: unknown): void => {
    if (isTold) return;
    isTold = true;
    const said = error instanceof Error ? error.message : typeof error;
    process.emitWarning(`the logger fails (${said}); delivery goes on`, 'EpistreamWarning');
  };
  return (level, line) => {
    try {
      const said = logger[level](line);
      if (typeof Object(said).then === 'function') Promise.resolve(said).catch(failed);
    } catch (error) {
      failed(error);
    }
  };
};
