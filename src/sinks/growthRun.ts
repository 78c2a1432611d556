import { defer, EMPTY, filter, map, type Observable, type OperatorFunction, pipe } from 'rxjs';
import { type Platform, rooms } from '../delivery/platform.js';
import { checkTimeMs } from '../model/checkTimeMs.js';
import { InputError } from '../model/errors.js';
import type { GrowthRun, GrowthRunOptions, RunStreamFound } from '../model/growthRun.js';
import type { SessionId } from '../model/identifiers.js';
import type { Links } from '../model/links.js';
import type { PlatformStream } from '../model/platformStream.js';
import { runIdOf } from '../model/runId.js';
import { type RunPart, readRunStreamName, runStreamName } from '../model/runStreamName.js';
import type { Sample } from '../model/sample.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { TextEvent } from '../model/textEvent.js';
import type { TimeseriesSession } from '../model/timeseriesSession.js';
import { openTimeseries } from './openTimeseries.js';
import { rheedSink } from './rheedSink.js';
import { runStreams } from './runStreams.js';
import { timeseriesSink } from './timeseriesSink.js';

const LONGEST_NAME = 200;

/**
 * One growth under one name: sinks for frames, channels and notes that share links, and find each other again by that name.
 *
 * Every stream of the run is named `<run> / frames 2026-11-21T08:15:00.000Z`, `… / channels …` or `… / events …`, with the moment it
 * was asked for; the local platform keeps all of them in one folder. An event in words is a point of value 1 in a channel whose name
 * is the text, so that every platform can hold it.
 *
 * @throws InputError for a name that is blank, longer than a line or than 200 characters; what the sinks and `note` throw.
 *
 * @example
 * ```ts
 * import { growthRun } from 'epistream';
 * import { fakePlatform, frames } from 'epistream/testing';
 * import { from, lastValueFrom } from 'rxjs';
 *
 * const platform = fakePlatform();
 * const run = growthRun(platform, { name: 'Growth run 42', physicalSample: 'GaN-001', operator: 'Anna' });
 * run.note('open Ga');
 * await lastValueFrom(from(frames(4, { fps: 1 })).pipe(run.rheedSink({ fps: 1, rotationsPerMin: 0, chunkSize: 2 })));
 * await lastValueFrom(run.end());
 * console.log(run.runId);
 * for (const { part, segment, state } of await lastValueFrom(run.streams())) console.log(part, segment, state);
 * // → 0b913c19-d51c-8dac-a374-a72bf402bc70
 * // → events 1 ended
 * // → frames 1 ended
 * ```
 */
export const growthRun = (platform: Platform, options: GrowthRunOptions): GrowthRun =>
  new OpenGrowthRun(platform, checkName(options));

const checkName = (options: GrowthRunOptions): GrowthRunOptions => {
  const name: unknown = Object(options).name;
  if (typeof name !== 'string' || name.trim() === '' || /[\r\n]/.test(name) || name.length > LONGEST_NAME)
    throw new InputError('name', name, `must be one line of 1 to ${LONGEST_NAME} characters`);
  const operator: unknown = options.operator;
  if (operator !== undefined && typeof operator !== 'string')
    throw new InputError('operator', operator, 'must be a string');
  return { ...options, name: name.trim() };
};

const checkText = (text: unknown): void => {
  if (typeof text !== 'string' || text.trim() === '') throw new InputError('text', text, 'must say something');
};

/** As a point of a channel that has the text for its name. */
const sampleOf = (event: TextEvent): Sample => {
  const { text, t, timeBase } = Object(event) as TextEvent;
  checkText(text);
  return { channel: text.trim(), t, value: 1, ...(timeBase === undefined ? {} : { timeBase }) };
};

/** Each subscription is a session, with a name of its own; bad options throw at once. */
const eachTime = <T>(sinkOf: () => OperatorFunction<T, SessionEvent>): OperatorFunction<T, SessionEvent> => {
  sinkOf();
  return (source) => defer(() => source.pipe(sinkOf()));
};

class OpenGrowthRun implements GrowthRun {
  readonly name: string;
  readonly runId: string;
  readonly #links: Links;
  readonly #known = new Map<string, PlatformStream>();
  #notes: TimeseriesSession | undefined;
  #lastAskedMs = 0;

  constructor(
    private readonly platform: Platform,
    { name, operator, tags = [], physicalSample, projectId }: GrowthRunOptions,
  ) {
    this.name = name;
    this.runId = runIdOf(name);
    this.#links = {
      physicalSample,
      projectId,
      tags: operator?.trim() ? [...tags, `operator: ${operator.trim()}`] : tags,
    };
    this.#remember();
  }

  rheedSink: GrowthRun['rheedSink'] = (options) =>
    eachTime(() => rheedSink(this.platform, { ...options, ...this.#as('frames') }));

  timeseriesSink: GrowthRun['timeseriesSink'] = (options = {}) =>
    eachTime(() => timeseriesSink(this.platform, { ...options, ...this.#as('channels') }));

  eventSink(): OperatorFunction<TextEvent | readonly TextEvent[], SessionEvent> {
    return pipe(
      map((events) => (Array.isArray(events) ? events : [events as TextEvent]).map(sampleOf)),
      eachTime(() => timeseriesSink(this.platform, this.#asEvents())),
    );
  }

  note(text: string, atMs?: number): Observable<SessionEvent> {
    checkText(text);
    if (atMs !== undefined) checkTimeMs('atMs', atMs);
    this.#notes ??= openTimeseries(this.platform, this.#asEvents());
    return this.#notes.upload(text.trim(), {
      times: [atMs ?? this.platform[rooms].clock.wallMs()],
      values: [1],
      timeBase: atMs === undefined ? 'host' : 'recorded', // somebody's watch, or a log: what this clock is off by is not its
    });
  }

  streams(): Observable<readonly RunStreamFound[]> {
    return this.platform[rooms].ingest
      .streams()
      .pipe(map((listed) => runStreams(this.name, listed ?? [...this.#known.values()])));
  }

  end(): Observable<SessionEvent> {
    return this.#notes?.end() ?? EMPTY;
  }

  #as(part: RunPart): Links & { readonly streamName: string } {
    this.#lastAskedMs = Math.max(this.#lastAskedMs + 1, this.platform[rooms].clock.wallMs());
    return { ...this.#links, streamName: runStreamName({ run: this.name, part, askedAt: this.#lastAskedMs }) };
  }

  /** The same words may be said again, also in the same moment, and be noted late. */
  #asEvents() {
    return { pointsPerChunk: 1, onDisorder: 'keep', ...this.#as('events') } as const;
  }

  /** For a platform that has no list. */
  #remember(): void {
    const names = new Map<SessionId, { readonly name: string; readonly kind: PlatformStream['kind'] }>();
    this.platform.events$
      .pipe(filter((event) => event.type === 'asked' || event.type === 'opened' || event.type === 'closed'))
      .subscribe((event) => {
        if (event.type === 'asked') {
          const { kind, options } = event.asked;
          const name = options.streamName ?? '';
          if (readRunStreamName(name)?.run === this.name) names.set(event.session, { name, kind });
        }
        const asked = names.get(event.session);
        if (asked === undefined || event.type === 'asked') return;
        const closed = event.type === 'opened' && event.continues !== undefined && this.#known.get(event.continues);
        if (closed) this.#known.set(closed.dataId, { ...closed, state: 'ended' });
        const state = event.type === 'opened' ? 'open' : 'ended';
        const createdAt = this.#known.get(event.dataId)?.createdAt ?? event.at;
        this.#known.set(event.dataId, { dataId: event.dataId, ...asked, state, createdAt });
      });
  }
}
