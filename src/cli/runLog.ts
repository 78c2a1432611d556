import type { SessionEvent } from '../model/sessionEvent.js';
import type { ExitCode, RunEnd } from './exitCode.js';
import type { Progress } from './progress.js';

/** Where the frames still are that a run has not delivered. */
export interface Whereabouts {
  /** The images that the frames came from, in a run that has read them itself. */
  readonly input?: string;
  /** What is kept on disk, and how to have it delivered; absent without a spool. */
  readonly spool?: { readonly dir: string; readonly resume: string };
  /** The key that delivery waits for, in words; absent while it waits for none. */
  readonly waitsFor?: string;
  /** No key was given. */
  readonly isKeyless?: boolean;
}

/** How a run is told: to a person, or to a program. */
export interface RunLog {
  event(event: SessionEvent): void;
  /** Something that the user may have meant otherwise, or has to know. */
  note(text: string): void;
  /** The counts that `'first-frame'` has chosen. */
  window(window: readonly [number, number]): void;
  progress(progress: Progress): void;
  /** Something that the user has to act upon before long. */
  warn(text: string): void;
  /** The user has asked to stop; `undelivered` frames are still on their way. */
  stopping(undelivered: number, where: Whereabouts): void;
  end(code: ExitCode, end: RunEnd, where: Whereabouts): void;
}
