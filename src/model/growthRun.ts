import type { Observable, OperatorFunction } from 'rxjs';
import type { AlignedRow } from './alignedRow.js';
import type { Frame } from './frame.js';
import type { DataId } from './identifiers.js';
import type { Links } from './links.js';
import type { RheedOptions } from './rheedOptions.js';
import type { RunPart } from './runStreamName.js';
import type { Sample } from './sample.js';
import type { SessionEvent } from './sessionEvent.js';
import type { TextEvent } from './textEvent.js';
import type { TimeseriesOptions } from './timeseriesOptions.js';

/** What a growth run is called, and what all its streams are linked to. */
export interface GrowthRunOptions extends Links {
  /** The same name is the same run, also in another process and after a restart. One line of at most 200 characters. */
  readonly name: string;
  /** Who grows: a tag `operator: …` of every stream. */
  readonly operator?: string | undefined;
}

/** A stream of a run, as the platform has it. */
export interface RunStreamFound {
  readonly dataId: DataId;
  readonly part: RunPart;
  /** Counts the times that the part was begun, from 1: a second one came after a restart, or a second sink. */
  readonly segment: number;
  /** Counts the streams of a segment, from 0: the platform had closed the one before in mid-run. */
  readonly continuation: number;
  readonly state: 'open' | 'ended';
}

/** One growth, from the first frame to the last note: sinks that share a name and links. */
export interface GrowthRun {
  readonly name: string;
  /** A UUID made of the name. */
  readonly runId: string;
  /** As `rheedSink`, under the run's name and links. */
  rheedSink(
    options: Omit<RheedOptions, keyof Links | 'streamName'>,
  ): OperatorFunction<Frame<'gray8'> | readonly Frame<'gray8'>[], SessionEvent>;
  /** As `timeseriesSink`, under the run's name and links. */
  timeseriesSink(
    options?: Omit<TimeseriesOptions, keyof Links | 'streamName'>,
  ): OperatorFunction<Sample | AlignedRow | readonly Sample[] | readonly AlignedRow[], SessionEvent>;
  /** Ends a stream of events in words: log messages, notes of another program. */
  eventSink(): OperatorFunction<TextEvent | readonly TextEvent[], SessionEvent>;
  /**
   * Notes what happened, now or at `atMs` (ms UTC; a time that is given is never clock-corrected): journalled before it returns. The Observable is the note's way to the platform,
   * `accepted` to `delivered`; nobody need subscribe. Throws an `InputError` for a blank text.
   */
  note(text: string, atMs?: number): Observable<SessionEvent>;
  /** The run's streams on the platform, oldest first; where the platform lists none, those of this process. One answer. */
  streams(): Observable<readonly RunStreamFound[]>;
  /** Ends the stream of the notes, if there is one: its last events. The sinks end with their sources. */
  end(): Observable<SessionEvent>;
}
