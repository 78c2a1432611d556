import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, of, Subject } from 'rxjs';
import type { AlignedRow } from '../../src/model/alignedRow.js';
import type { Sample } from '../../src/model/sample.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import type { SessionReport } from '../../src/model/sessionReport.js';
import { openTimeseries } from '../../src/sinks/openTimeseries.js';
import { timeseriesSink } from '../../src/sinks/timeseriesSink.js';
import { type FakePlatform, fakePlatform } from '../../src/testing/fakePlatform.js';
import { marbles } from '../../src/testing/marbles.js';

const T0 = 1_700_000_000_000;
const sample = (value: number): Sample => ({ channel: 'T', t: T0 + value, value });

interface Answering {
  /** The type of the event that is answered, once, and what is pushed from inside it. */
  readonly to: SessionEvent['type'];
  readonly with: readonly Sample[];
  readonly given: readonly Sample[];
  readonly pointsPerChunk: number;
}

/** A session whose reader pushes more samples from inside an event. */
const answered = (answer: Answering): { platform: FakePlatform; report: SessionReport | undefined } => {
  const platform = fakePlatform();
  let report: SessionReport | undefined;
  marbles(({ flush }) => {
    const source = new Subject<Sample>();
    let isAnswered = false;
    source
      .pipe(timeseriesSink(platform, { pointsPerChunk: answer.pointsPerChunk, onDisorder: 'drop' }))
      .subscribe((event) => {
        if (event.type === 'closed') report = event.report;
        if (event.type !== answer.to || isAnswered) return;
        isAnswered = true;
        for (const more of answer.with) source.next(more);
      });
    for (const one of answer.given) source.next(one);
    flush(); // what was gathered is accepted
    source.complete();
    flush();
  });
  return { platform, report };
};

const placed = ({ receivedPoints }: FakePlatform): readonly string[] =>
  receivedPoints.map(({ chunk, channels }) => `${chunk.index}: ${channels.map(({ values }) => values.join(' '))}`);

describe('a sample that is pushed from inside', () => {
  it('`accepted` adds to the chunk of which that tells', () => {
    const { platform, report } = answered({ to: 'accepted', with: [sample(2)], given: [sample(1)], pointsPerChunk: 2 });
    expect(report).toMatchObject({ offered: 2, delivered: 2 });
    expect(placed(platform)).toEqual(['0: 1 2']);
    expect(platform.budget.used).toBe(0);
  });

  it('`asked` has no place in a chunk that is full by then', () => {
    const { platform, report } = answered({ to: 'asked', with: [sample(2)], given: [sample(1)], pointsPerChunk: 1 });
    expect(report).toMatchObject({ offered: 2, delivered: 2 });
    expect(placed(platform)).toEqual(['0: 1', '1: 2']);
  });

  it('`gap` has no place in a chunk that is full by then', () => {
    const given = [sample(1), sample(1), sample(2)];
    const { platform, report } = answered({ to: 'gap', with: [sample(3)], given, pointsPerChunk: 2 });
    expect(report).toMatchObject({ offered: 4, delivered: 3, dropped: 1 });
    expect(placed(platform)).toEqual(['0: 1 2', '1: 3']);
  });
});

describe('a chunk of several channels', () => {
  it('has its index when the next is given from inside `accepted`', async () => {
    const platform = fakePlatform();
    const session = openTimeseries(platform);
    const points = { times: [T0], values: [1] };
    const errors: unknown[] = [];
    session.events$.subscribe(({ type }) => {
      if (type !== 'accepted' || errors.length > 0) return;
      try {
        session.uploadMulti(0, { p: points });
      } catch (error) {
        errors.push(error);
      }
    });
    session.uploadMulti(0, { T: points });
    expect(String(errors)).toMatch(/index must be a whole number, at least 1/);
    await lastValueFrom(session.end());
    expect(session.report()).toMatchObject({ offered: 1, delivered: 1 });
  });
});

describe('a row', () => {
  it('has the units that it says, whatever its channels are called', async () => {
    const platform = fakePlatform();
    const values = Object.fromEntries([...['constructor', '__proto__', 'p'].entries()].map(([i, name]) => [name, i]));
    const row: AlignedRow = { t: T0, values, units: { p: 'mbar' } };
    await lastValueFrom(of(row).pipe(timeseriesSink(platform)));
    const units = platform.receivedPoints[0]?.channels.map((points) => [points.channel, points.units]);
    expect(units).toEqual([
      ['constructor', undefined],
      ['__proto__', undefined],
      ['p', 'mbar'],
    ]);
  });
});
