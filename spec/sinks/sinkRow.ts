import { expect, it } from '@jest/globals';
import { catchError, filter, map, type Observable, throwError } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { IncompleteSessionError, SessionFailedError } from '../../src/model/errors.js';
import type { Frame } from '../../src/model/frame.js';
import type { RheedOptions } from '../../src/model/rheedOptions.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import type { Reply } from '../../src/testing/fakeIngest.js';
import { type FakePlatform, type FakePlatformOptions, fakePlatform } from '../../src/testing/fakePlatform.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { marbles } from '../../src/testing/marbles.js';

/** How the platform of a row answers, and how its sink is asked. */
export interface RowOptions extends Omit<FakePlatformOptions, 'replies'> {
  readonly create?: Reply | readonly Reply[];
  readonly link?: Reply | readonly Reply[];
  readonly send?: Reply | readonly Reply[];
  readonly end?: Reply | readonly Reply[];
  readonly maxRetries?: number;
  readonly rheed?: Partial<RheedOptions>;
}

export interface Row extends RunHelpers {
  readonly platform: FakePlatform;
  /** Frames a, b, c, …: each of its own grey. */
  readonly frames: Record<string, Frame<'gray8'>>;
  readonly outcomes: string[];
  /** The sink's life as marbles: o opened, digit delivered, c closed; errors as text. */
  run(source: Observable<Frame<'gray8'> | readonly Frame<'gray8'>[]>): Observable<string>;
  /** The calls, in order; and nothing is held any more. */
  check(...calls: string[]): void;
}

const mark = (event: SessionEvent): string | undefined => {
  if (event.type === 'opened') return 'o';
  if (event.type === 'delivered') return `${event.chunk.index}`;
  return event.type === 'closed' ? 'c' : undefined;
};

const inWords = (error: unknown): unknown => {
  if (!(error instanceof IncompleteSessionError || error instanceof SessionFailedError)) return error;
  const { context } = error;
  const phase = 'phase' in context ? context.phase : 'incomplete';
  return `${phase}:${context.report.streams.join()}${context.earlier === undefined ? '' : ` after ${context.earlier}`}`;
};

/** A row of the table of a sink's life: one frame a chunk, two chunks at a time, unless it says otherwise. */
export const row = (name: string, options: RowOptions, test: (row: Row) => void): void => {
  it(name, () => {
    marbles((helpers) => {
      const { create = { afterMs: 2 }, link = {}, send = { afterMs: 3 }, end = { afterMs: 2 }, ...rest } = options;
      const { maxRetries = 0, rheed = {}, ...fake } = rest;
      const platform = fakePlatform({
        replies: { create, link, send, end },
        retry: { baseMs: 4, maxRetries, random: () => 1 },
        ...fake,
      });
      const outcomes: string[] = [];
      platform.events$.subscribe((event) => event.type === 'ending' && outcomes.push(event.outcome));
      const frames = Object.fromEntries(
        [...'abcdefgh'].map((name, i) => [name, grayFrame({ data: new Uint8Array(12).fill(i + 1) })]),
      );
      test({
        ...helpers,
        platform,
        frames,
        outcomes,
        run: (source) =>
          source.pipe(
            rheedSink(platform, { fps: 0.5, rotationsPerMin: 0, chunkSize: 1, ...rheed }),
            map(mark),
            filter((marble) => marble !== undefined),
            catchError((error) => throwError(() => inWords(error))),
          ),
        check: (...calls) => {
          helpers.flush();
          expect(platform.calls).toEqual(calls);
          expect(platform.budget.used).toBe(0);
        },
      });
    });
  });
};
