import { describe, expect, it } from '@jest/globals';
import { isLeft } from 'fp-ts/lib/Either.js';
import { type Observable, of, switchMap, throwError, timer } from 'rxjs';
import { failure } from '../../src/ingest/failure.js';
import type { Call, HttpCall } from '../../src/ingest/httpCall.js';
import { resolveLinks } from '../../src/ingest/resolveLinks.js';
import { routes } from '../../src/ingest/routes.js';
import { marbles } from '../../src/testing/marbles.js';

const wafer = '11111111-1111-4111-8111-111111111111';
const growth = '22222222-2222-4222-8222-222222222222';
const nowhere = '99999999-9999-4999-8999-999999999999';

const refused = (status: number) => failure({ step: 'resolve', from: 'api', status, what: `answered ${status}` });

type Answer = unknown | Error;

/** A platform of lists: each answer comes after 2 ms; the last of a list stays. Notes what was asked. */
const platform = (answers: Readonly<Record<string, readonly Answer[]>>) => {
  const asked: string[] = [];
  const left = new Map(Object.entries(answers).map(([name, list]) => [name, [...list]]));
  const call = <A>({ method, path, body, reply, conflict }: Call<A>): Observable<A> =>
    timer(2).pipe(
      switchMap(() => {
        asked.push(`${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`);
        const list = left.get(`${method} ${path}`) ?? [];
        const answer = list.length > 1 ? list.shift() : list[0];
        if (answer instanceof Error) return throwError(() => answer);
        const isConflict = Object.hasOwn(Object(answer), 'detail');
        const decoded = (isConflict ? conflict : reply)?.decode(answer);
        if (decoded === undefined || isLeft(decoded)) return throwError(() => refused(409));
        return of(decoded.right);
      }),
    );
  return { asked, resolve: resolveLinks(call as HttpCall, routes) };
};

const samples = 'GET /physical_samples/';
const newSample = 'POST /physical_samples/';
const tags = 'GET /tags/';
const newTag = 'POST /tags/';
const waferList = [
  { id: wafer, name: 'GaN-001' },
  { id: 'x', name: null },
];
const tagList = [{ id: growth, name: 'Growth' }, { id: 't-2' }];

describe('resolveLinks', () => {
  it('asks nothing when there is nothing to resolve', () => {
    marbles(({ expectObservable }) => {
      const { resolve, asked } = platform({});
      const links = { physicalSample: ' ', tags: ['', '  '], projectId: ' ' };
      expectObservable(resolve(links)).toBe('(r|)', { r: { tagIds: [] } });
      expectObservable(resolve({ projectId: ' p ' })).toBe('(r|)', { r: { projectId: 'p', tagIds: [] } });
      expectObservable(timer(9)).toBe('9ms (a|)', { a: 0 });
      expect(asked).toEqual([]);
    });
  });

  it('finds sample and tags by name or UUID, side by side', () => {
    const { resolve, asked } = platform({ [samples]: [waferList], [tags]: [tagList] });
    marbles(({ expectObservable }) => {
      const found = { sampleId: wafer, projectId: 'p', tagIds: [growth] };
      expectObservable(resolve({ physicalSample: ' gan-001 ', projectId: 'p', tags: ['GROWTH'] })).toBe('--(r|)', {
        r: found,
      });
      expectObservable(resolve({ physicalSample: wafer.toUpperCase(), projectId: 'p', tags: [growth] })).toBe(
        '--(r|)',
        { r: found },
      );
    });
    expect(asked).toEqual([samples, tags, samples, tags]);
  });

  it('creates what has a name and is not there, in its first spelling, once', () => {
    const { resolve, asked } = platform({
      [samples]: [waferList],
      [newSample]: [{ physical_sample_id: 's-new' }],
      [tags]: [tagList],
      [newTag]: [{ id: 't-new' }],
    });
    marbles(({ expectObservable }) => {
      const links = { physicalSample: 'GaN-002', tags: [' New Tag ', 'new tag', 'growth', growth] };
      expectObservable(resolve(links)).toBe('----(r|)', { r: { sampleId: 's-new', tagIds: ['t-new', growth] } });
    });
    expect(asked).toEqual([samples, tags, `${newSample} {"name":"GaN-002"}`, `${newTag} {"name":"New Tag"}`]);
  });

  it('takes the id that a 409 carries', () => {
    const { resolve, asked } = platform({ [samples]: [[]], [newSample]: [{ detail: { id: 's-old' } }] });
    marbles(({ expectObservable }) => {
      expectObservable(resolve({ physicalSample: 'a' })).toBe('----(r|)', { r: { sampleId: 's-old', tagIds: [] } });
    });
    expect(asked).toHaveLength(2);
  });

  it('lists again when a create fails, and takes what a faster stream has created', () => {
    const { resolve } = platform({
      [samples]: [[], waferList],
      [newSample]: [refused(500)],
      [tags]: [[], tagList],
      [newTag]: [refused(409)],
    });
    marbles(({ expectObservable }) => {
      expectObservable(resolve({ physicalSample: 'gan-001', tags: ['growth'] })).toBe('------(r|)', {
        r: { sampleId: wafer, tagIds: [growth] },
      });
    });
  });

  it('fails as the create did when the name is still not there', () => {
    const error = refused(422);
    const absent = platform({ [samples]: [[]], [newSample]: [error] });
    const mute = platform({ [samples]: [[], refused(503)], [newSample]: [error] });
    marbles(({ expectObservable }) => {
      expectObservable(absent.resolve({ physicalSample: 'a' })).toBe('------#', undefined, error);
      expectObservable(mute.resolve({ physicalSample: 'a' })).toBe('------#', undefined, error);
    });
  });

  it.each([
    ['physical sample', { physicalSample: nowhere }],
    ['tag', { tags: ['new tag', nowhere] }],
  ])('refuses a %s UUID that is not there, and creates nothing', (noun, links) => {
    const { resolve, asked } = platform({ [samples]: [waferList], [tags]: [tagList] });
    const failed: unknown[] = [];
    marbles(({ flush }) => {
      resolve(links).subscribe({ error: (error) => failed.push(error) });
      flush();
    });
    expect(failed).toMatchObject([
      {
        message: `resolve: there is no ${noun} ${nowhere} on the platform`,
        context: { step: 'resolve', from: 'api', status: 404 },
      },
    ]);
    expect(asked).toHaveLength(1);
  });

  it('does not take a name that looks like another thing’s UUID for it', () => {
    const { resolve } = platform({ [samples]: [[{ id: 's-1', name: wafer }]] });
    marbles(({ expectObservable }) => {
      expectObservable(resolve({ physicalSample: wafer })).toBe(
        '--#',
        undefined,
        failure({
          step: 'resolve',
          from: 'api',
          status: 404,
          what: `there is no physical sample ${wafer} on the platform`,
        }),
      );
    });
  });

  it('leaves one list when the other fails, and both when it is left', () => {
    const error = refused(401);
    const { resolve, asked } = platform({ [samples]: [error], [tags]: [[]], [newTag]: [{ id: 't' }] });
    marbles(({ expectObservable }) => {
      expectObservable(resolve({ physicalSample: 'a', tags: ['b'] })).toBe('--#', undefined, error);
      expectObservable(resolve({ physicalSample: 'a', tags: ['b'] }), '^!').toBe('-');
    });
    expect(asked).toEqual([samples]);
  });
});
