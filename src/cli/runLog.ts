import type { SessionEvent } from '../model/sessionEvent.js';
import type { ExitCode, RunEnd } from './exitCode.js';
import type { Progress } from './progress.js';

/** How a run is told: to a person, or to a program. */
export interface RunLog {
  event(event: SessionEvent): void;
  /** Something that the user may have meant otherwise. */
  note(text: string): void;
  /** The counts that `'first-frame'` has chosen. */
  window(window: readonly [number, number]): void;
  progress(progress: Progress): void;
  /** The user has asked to stop; `undelivered` frames are still on their way. */
  stopping(undelivered: number): void;
  end(code: ExitCode, end: RunEnd): void;
}
