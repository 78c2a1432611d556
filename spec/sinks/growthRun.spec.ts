import { describe, expect, it } from '@jest/globals';
import { concat, firstValueFrom, from, lastValueFrom, NEVER, of, toArray } from 'rxjs';
import { InputError } from '../../src/model/errors.js';
import type { GrowthRunOptions } from '../../src/model/growthRun.js';
import type { DataId } from '../../src/model/identifiers.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { growthRun } from '../../src/sinks/growthRun.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { frames } from '../../src/testing/frames.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';

const T0 = 1_700_000_000_000;
const rheed = { fps: 1, rotationsPerMin: 0, chunkSize: 2 };
const sample = { channel: 'T', t: T0, value: 600, units: 'C' };

/** The options of every session that a platform is asked for from now on. */
const askedOf = (platform: ReturnType<typeof fakePlatform>) => {
  const asked: Extract<SessionEvent, { type: 'asked' }>['asked'][] = [];
  platform.events$.subscribe((event) => event.type === 'asked' && asked.push(event.asked));
  return asked;
};

describe('a growth run', () => {
  it('gives its sinks a common name and common links, and what each was asked for', async () => {
    const platform = fakePlatform();
    const asked = askedOf(platform);
    const run = growthRun(platform, {
      name: ' Growth run 42 ',
      physicalSample: 'GaN-001',
      projectId: 'p',
      operator: ' Anna ',
      tags: ['GaN'],
    });
    run.note('open Ga');
    await lastValueFrom(from(frames(2, { fps: 1 })).pipe(run.rheedSink(rheed)));
    await lastValueFrom(of(sample).pipe(run.timeseriesSink({ pointsPerChunk: 7 })));
    await lastValueFrom(of({ t: T0, text: 'moved to GC', timeBase: 'recorded' } as const).pipe(run.eventSink()));
    await lastValueFrom(run.end());
    const links = { physicalSample: 'GaN-001', projectId: 'p', tags: ['GaN', 'operator: Anna'] };
    const named = (part: string) =>
      expect.stringMatching(new RegExp(`^Growth run 42 / ${part} \\d{4}-\\d\\d-\\d\\dT[\\d:.]{12}Z$`));
    expect(asked).toEqual([
      { kind: 'timeseries', options: expect.objectContaining({ ...links, streamName: named('events') }) },
      { kind: 'rheed', options: expect.objectContaining({ ...links, ...rheed, streamName: named('frames') }) },
      {
        kind: 'timeseries',
        options: expect.objectContaining({ ...links, pointsPerChunk: 7, streamName: named('channels') }),
      },
      {
        kind: 'timeseries',
        options: expect.objectContaining({ ...links, pointsPerChunk: 1, streamName: named('events') }),
      },
    ]);
    expect(new Set(asked.map(({ options }) => options.streamName)).size).toBe(4);
  });

  it('notes what happens as a point of a channel of that name', () => {
    marbles(({ hot, expectObservable, flush }) => {
      const platform = fakePlatform({ replies: { create: { afterMs: 2 }, send: { afterMs: 3 } } });
      const run = growthRun(platform, { name: 'run' });
      const life: string[] = [];
      hot('-----n').subscribe(() => run.note(' open Ga ').subscribe(({ type }) => life.push(type)));
      hot('-----n').subscribe(() => run.note('open Ga'));
      hot('------m').subscribe(() => run.note('earlier', T0));
      hot('---------------e').subscribe(() => run.end());
      expectObservable(platform.idle$).toBe('i 14ms i', { i: undefined });
      flush();
      expect(life).toEqual(['accepted', 'delivered']);
      expect(platform.calls.slice(3)).toEqual(['send open Ga/0', 'send open Ga/1', 'send earlier/0', 'end']);
      const points = platform.receivedPoints.map(({ channels: [one] }) => [one?.channel, one?.times[0], one?.values]);
      expect(platform.receivedPoints.map(({ time }) => time.timeBase)).toEqual(['host', 'host', 'recorded']);
      expect(points).toEqual([
        ['open Ga', 5, [1]],
        ['open Ga', 5, [1]],
        ['earlier', T0, [1]],
      ]);
    });
  });

  it('is a session more for each subscription to a sink, with a name of its own', async () => {
    const platform = fakePlatform();
    const asked = askedOf(platform);
    const twice$ = of(sample).pipe(growthRun(platform, { name: 'run' }).timeseriesSink());
    await Promise.all([lastValueFrom(twice$), lastValueFrom(twice$)]);
    expect(new Set(asked.map(({ options }) => options.streamName)).size).toBe(2);
  });

  it('finds its streams in the list of the platform, segments and continuations in order', async () => {
    const at = (hour: number) => `2026-11-21T0${hour}:00:00.000Z`;
    const listed = [
      { dataId: 'f2', name: `run / frames ${at(9)}`, createdAt: 9 },
      { dataId: 'f1b', name: `run / frames ${at(8)}`, createdAt: 8.5 },
      { dataId: 'e', name: `run / events ${at(7)}`, createdAt: 7 },
      { dataId: 'other', name: `run 2 / frames ${at(8)}`, createdAt: 8 },
      { dataId: 'plain', name: 'run', createdAt: 1 },
      { dataId: 'f1', name: `run / frames ${at(8)}`, createdAt: 8 },
    ].map((stream) => ({ ...stream, dataId: stream.dataId as DataId, kind: 'rheed', state: 'ended' }) as const);
    const platform = fakePlatform({ replies: { streams: { value: listed } } });
    const found = await firstValueFrom(growthRun(platform, { name: 'run' }).streams());
    expect(found).toEqual([
      { dataId: 'e', part: 'events', segment: 1, continuation: 0, state: 'ended' },
      { dataId: 'f1', part: 'frames', segment: 1, continuation: 0, state: 'ended' },
      { dataId: 'f1b', part: 'frames', segment: 1, continuation: 1, state: 'ended' },
      { dataId: 'f2', part: 'frames', segment: 2, continuation: 0, state: 'ended' },
    ]);
  });

  it('takes what is noted late, and what is still to come', async () => {
    const platform = fakePlatform();
    const run = growthRun(platform, { name: 'run' });
    for (const atMs of [T0 + 1e9, undefined, T0]) run.note('open Ga', atMs);
    const last = await lastValueFrom(run.end());
    expect(last).toMatchObject({ type: 'closed', report: { offered: 3, delivered: 3 } });
    expect(platform.calls.slice(3)).toEqual(['send open Ga/0', 'send open Ga/1', 'send open Ga/2', 'end']);
  });

  it('takes the same words twice in a moment as two', async () => {
    const platform = fakePlatform();
    const twice = { text: 'moved to GC', t: T0 };
    const events = [twice, twice, twice, { ...twice, t: T0 + 1 }, { ...twice, text: 'open Ga' }];
    await lastValueFrom(from(events).pipe(growthRun(platform, { name: 'run' }).eventSink()));
    const points = platform.receivedPoints.map(({ channels: [one] }) => [one?.channel, one?.times[0]]);
    expect(points).toEqual([...[0, 0, 0, 1].map((later) => ['moved to GC', T0 + later]), ['open Ga', T0]]);
  });

  it('knows that a stream which is continued is over', async () => {
    const platform = fakePlatform({ replies: { send: [{}, { fail: ingestFailure('send', 410) }, {}] } });
    const run = growthRun(platform, { name: 'run' });
    const events = run.timeseriesSink({ pointsPerChunk: 1 })(concat(from([sample, { ...sample, t: T0 + 1 }]), NEVER));
    const reading = events.subscribe();
    const found = await firstValueFrom(run.streams());
    expect(found.map(({ continuation, state }) => [continuation, state])).toEqual([
      [0, 'ended'],
      [1, 'open'],
    ]);
    reading.unsubscribe();
  });

  it('knows the streams of this process where the platform lists none', async () => {
    const platform = fakePlatform();
    const run = growthRun(platform, { name: 'run' });
    await lastValueFrom(of(sample).pipe(run.timeseriesSink()));
    await lastValueFrom(of(sample).pipe(growthRun(platform, { name: 'other' }).timeseriesSink()));
    run.note('still open');
    expect(await firstValueFrom(run.streams())).toEqual([
      { dataId: 'stream-1', part: 'channels', segment: 1, continuation: 0, state: 'ended' },
      { dataId: 'stream-3', part: 'events', segment: 1, continuation: 0, state: 'open' },
    ]);
    await lastValueFrom(run.end());
  });

  it('has nothing to end when nothing was noted', async () => {
    expect(await lastValueFrom(growthRun(fakePlatform(), { name: 'run' }).end().pipe(toArray()))).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['a blank name', { name: ' ' }, 'name'],
    ['no name', {}, 'name'],
    ['nothing', undefined, 'name'],
    ['a name of two lines', { name: 'a\nb' }, 'name'],
    ['a very long name', { name: 'x'.repeat(201) }, 'name'],
    ['a number for the operator', { name: 'run', operator: 7 }, 'operator'],
  ])('refuses %s', (_, options, field) => {
    expect(() => growthRun(fakePlatform(), options as GrowthRunOptions)).toThrow(
      expect.objectContaining({ _tag: 'InputError', context: expect.objectContaining({ field }) }),
    );
  });

  it('refuses notes that say nothing, times that are none, and bad options of a sink at once', () => {
    const platform = fakePlatform();
    const run = growthRun(platform, { name: 'run' });
    expect(() => run.note(' ')).toThrow(InputError);
    expect(() => run.note('open Ga', 1_700_000_000)).toThrow(/look like seconds/);
    expect(() => run.rheedSink({ ...rheed, chunkSize: 1 })).toThrow(InputError);
    expect(() => run.timeseriesSink({ pointsPerChunk: 0 })).toThrow(InputError);
    expect(platform.calls).toEqual([]);
  });

  it('errs for an event that says nothing', async () => {
    const platform = fakePlatform();
    const life$ = of({ t: T0, text: '' }).pipe(growthRun(platform, { name: 'run' }).eventSink());
    await expect(lastValueFrom(life$)).rejects.toBeInstanceOf(InputError);
    expect(platform.calls).toEqual([]);
  });
});
