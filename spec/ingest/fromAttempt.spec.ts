import { describe, expect, it } from '@jest/globals';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { lastValueFrom, NEVER } from 'rxjs';
import { fromAttempt } from '../../src/ingest/fromAttempt.js';

describe('fromAttempt', () => {
  it('aborts an attempt that nobody waits for any more', () => {
    const signals: AbortSignal[] = [];
    const running = fromAttempt((signal) => () => {
      signals.push(signal);
      return lastValueFrom(NEVER);
    }).subscribe();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    running.unsubscribe();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('aborts nothing that is over', async () => {
    const signals: AbortSignal[] = [];
    const sent$ = fromAttempt<string>((signal, progress) => {
      signals.push(signal);
      progress('half');
      return TE.right('whole');
    });
    expect(await lastValueFrom(sent$)).toBe('whole');
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});
