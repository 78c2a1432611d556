import { describe, expect, it } from '@jest/globals';
import { defer, EMPTY, mergeMap, type Observable, of, throwError, timer } from 'rxjs';
import { rooms } from '../../src/delivery/platform.js';
import { platformOf } from '../../src/delivery/platformOf.js';
import { hostClock } from '../../src/flow/hostClock.js';
import type { Ingest } from '../../src/ingest/ingest.js';
import { memoryJournals } from '../../src/journal/memoryJournals.js';
import type { Journals } from '../../src/journal/sessionJournal.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import type { Replies } from '../../src/testing/fakeIngest.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';
import { durableJournals } from './durableJournal.js';
import { session } from './lifeOf.js';

type Step = 'resolve' | 'link' | 'create';
/** What the platform refuses, by name. */
type Refusals = Partial<Record<Step, readonly string[]>>;

/** The calls about links take 1 ms, and are written down with what they ask for. */
const withLinks = (ingest: Ingest, refusals: Refusals, asked: string[]): Ingest => {
  const answer = <T>(step: Step, names: readonly (string | undefined)[], reply$: Observable<T>): Observable<T> =>
    defer(() => {
      const given = names.filter((name) => name !== undefined);
      asked.push([step, ...given].join(' '));
      const isRefused = given.some((name) => refusals[step]?.includes(name));
      return timer(1).pipe(mergeMap(() => (isRefused ? throwError(() => ingestFailure(step, 422)) : reply$)));
    });
  return {
    ...ingest,
    create: (wanted) => answer('create', [wanted.options.projectId], ingest.create(wanted)),
    resolve: ({ physicalSample: sampleId, projectId, tags = [] }) => {
      const resolved = { ...(sampleId && { sampleId }), ...(projectId && { projectId }), tagIds: tags };
      return answer('resolve', [sampleId, ...tags], of(resolved));
    },
    link: (_, { sampleId, projectId, tagIds }) => answer('link', [sampleId, sampleId && projectId, ...tagIds], EMPTY),
  };
};

interface Script {
  readonly journals?: Journals;
  readonly replies?: Replies;
  readonly options?: object;
}

const wanted = { physicalSample: 'GaN', projectId: 'MBE', tags: ['hot', 'new'] };

const run = (refusals: Refusals, { journals = durableJournals(), replies = {}, options = wanted }: Script = {}) => {
  const asked: string[] = [];
  const told: SessionEvent[] = [];
  marbles(({ hot, flush }) => {
    const fake = fakePlatform({ journals, replies })[rooms];
    const platform = platformOf({ ...fake, ingest: withLinks(fake.ingest, refusals, asked) });
    platform.events$.subscribe((event) => told.push(event));
    session(platform, hot('a------------|'), options).subscribe({ error: () => {} });
    flush();
  });
  return { asked, last: told.at(-1) };
};

describe('links that the platform takes', () => {
  it('are found before a stream is created, and applied to it together', () => {
    const { asked, last } = run({});
    expect(asked).toEqual(['resolve GaN hot new', 'create MBE', 'link GaN MBE hot new']);
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 1, linksRefused: [] } });
  });
});

describe('a link that is refused once something is durable', () => {
  it('is left out when it cannot be found, and the others are applied', () => {
    const { asked, last } = run({ resolve: ['hot'] });
    expect(asked).toEqual([
      'resolve GaN hot new',
      'resolve GaN',
      'resolve hot',
      'resolve new',
      'create MBE',
      'link GaN MBE new',
    ]);
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 1, linksRefused: [{ status: 422 }] } });
  });

  it('is left out when it cannot be applied, and the others are', () => {
    const { asked, last } = run({ link: ['new'] });
    expect(asked.slice(2)).toEqual(['link GaN MBE hot new', 'link GaN', 'link GaN MBE', 'link hot', 'link new']);
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 1, linksRefused: [{ status: 422 }] } });
  });

  it('is a project that does not track the sample, or the sample, without which there is nothing to track', () => {
    expect(run({ link: ['MBE'] }).asked.slice(3)).toEqual(['link GaN', 'link GaN MBE', 'link hot', 'link new']);
    const { asked, last } = run({ link: ['GaN'] });
    expect(asked.slice(3)).toEqual(['link GaN', 'link hot', 'link new']);
    expect(last).toMatchObject({ report: { delivered: 1, linksRefused: [{ status: 422 }] } });
  });

  it('is a project that takes no stream: it is created without', () => {
    const { asked, last } = run({ create: ['MBE'] });
    expect(asked).toEqual(['resolve GaN hot new', 'create MBE', 'create', 'link GaN hot new']);
    expect(last).toMatchObject({
      type: 'closed',
      report: { delivered: 1, linksRefused: [{ message: 'create: answered 422' }] },
    });
  });

  it('is not tried twice when it is the only one', () => {
    const options = { tags: ['hot'] };
    expect(run({ resolve: ['hot'] }, { options }).asked).toEqual(['resolve hot', 'create', 'link']);
    const { asked, last } = run({ link: ['hot'] }, { options });
    expect(asked).toEqual(['resolve hot', 'create', 'link hot']);
    expect(last).toMatchObject({ type: 'closed', report: { linksRefused: [{ status: 422 }] } });
  });

  it('is left out of a continuation, also in memory', () => {
    const refusals: { link?: readonly string[] } = {};
    const closed = defer(() => {
      refusals.link = ['hot'];
      return throwError(() => ingestFailure('presign', 410));
    });
    const replies = { send: [closed, {}] };
    const { asked, last } = run(refusals, {
      journals: memoryJournals(hostClock),
      replies,
      options: { tags: ['hot', 'new'] },
    });
    expect(asked).toEqual([
      'resolve hot new',
      'create',
      'link hot new',
      'create',
      'link hot new',
      'link hot',
      'link new',
    ]);
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 1, linksRefused: [{ status: 422 }] } });
  });
});

describe('a link that is refused while nothing is durable', () => {
  const journals = () => durableJournals({ keepMs: [50] });

  it.each<[string, Refusals, readonly string[]]>([
    ['when it cannot be found, and nothing is created', { resolve: ['hot'] }, ['resolve GaN hot new']],
    ['when the project takes no stream', { create: ['MBE'] }, ['resolve GaN hot new', 'create MBE']],
    [
      'when it cannot be applied, and the stream is ended',
      { link: ['new'] },
      ['resolve GaN hot new', 'create MBE', 'link GaN MBE hot new'],
    ],
  ])('is an error %s', (_, refusals, calls) => {
    const { asked, last } = run(refusals, { journals: journals() });
    expect(asked).toEqual(calls);
    expect(last).toMatchObject({ type: 'gaveUp', phase: 'open', report: { lost: 1, kept: 0, ended: false } });
  });
});
