import type { RunPart } from '../model/runStreamName.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { ExitCode, RunEnd } from './exitCode.js';
import type { Progress } from './progress.js';

/** Where is still what a run has not delivered. */
export interface Whereabouts {
  /** What is kept on disk, and how to have it delivered; absent without a spool. */
  readonly spool?: { readonly dir: string; readonly resume: string };
  /** The key that delivery waits for, in words; absent while it waits for none. */
  readonly waitsFor?: string;
  /** No key was given. */
  readonly isKeyless?: boolean;
}

/** What of a feed is still on its way. */
export interface Undelivered {
  readonly part: RunPart;
  readonly noun: string;
  readonly items: number;
}

/** How a run is told: to a person, or to a program. */
export interface RunLog {
  /** `part` says whose it is, in a run of several sessions. */
  event(event: SessionEvent, part?: RunPart): void;
  /** Something that the user may have meant otherwise, or has to know. */
  note(text: string): void;
  /** The counts that `'first-frame'` has chosen. */
  window(window: readonly [number, number]): void;
  progress(progress: Progress): void;
  /** Something that the user has to act upon before long. */
  warn(text: string): void;
  /** The user has asked to stop; this is still on its way. */
  stopping(undelivered: readonly Undelivered[], where: Whereabouts): void;
  end(code: ExitCode, ends: readonly RunEnd[], where: Whereabouts): void;
}
