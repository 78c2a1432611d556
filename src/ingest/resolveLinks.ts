import * as t from 'io-ts';
import { catchError, forkJoin, map, type Observable, of, switchMap, throwError } from 'rxjs';
import type { Links } from '../model/links.js';
import { ConflictReply, CreateNamedReply, NamedList } from './codecs.js';
import { failure } from './failure.js';
import type { HttpCall } from './httpCall.js';
import type { ResolvedLinks } from './ingest.js';
import type { Routes } from './routes.js';

/** A list of named things on the platform, to find in and to add to. */
interface Register {
  readonly noun: string;
  list(): Observable<NamedList>;
  /** Adds a name; the id it has then. */
  create(name: string): Observable<string>;
}

/** Finds (or creates) the physical sample and the tags, side by side. */
export const resolveLinks =
  (call: HttpCall, routes: Routes) =>
  ({ physicalSample = '', projectId = '', tags = [] }: Links): Observable<ResolvedLinks> =>
    forkJoin({
      sampleIds: resolveAll(register(call, routes.samples, 'physical sample'), distinct([physicalSample])),
      tagIds: resolveAll(register(call, routes.tags, 'tag'), distinct(tags)),
    }).pipe(
      map(({ sampleIds: [sampleId], tagIds }) => ({
        ...(sampleId === undefined ? {} : { sampleId }),
        ...(projectId.trim() === '' ? {} : { projectId: projectId.trim() }),
        tagIds,
      })),
    );

const register = (call: HttpCall, path: string, noun: string): Register => ({
  noun,
  list: () => call({ step: 'resolve', method: 'GET', path, reply: NamedList }),
  create: (name) =>
    call({ step: 'resolve', method: 'POST', path, body: { name }, reply: Created, conflict: Created }).pipe(map(idOf)),
});

const Created = t.union([CreateNamedReply, ConflictReply]);

const idOf = (created: t.TypeOf<typeof Created>): string =>
  'detail' in created ? created.detail.id : 'id' in created ? created.id : created.physical_sample_id;

/** Trimmed, without blanks; of names that differ in case alone the first spelling. */
const distinct = (names: readonly string[]): string[] => {
  const trimmed = names.map((name) => name.trim()).filter((name) => name !== '');
  return trimmed.filter((name, at) => trimmed.findIndex((other) => isSame(other, name)) === at);
};

const isSame = (one: string | null | undefined, other: string): boolean =>
  one?.trim().toLowerCase() === other.toLowerCase();

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

const find = (list: NamedList, wanted: string): string | undefined =>
  list.find(({ id, name }) => isSame(isUuid(wanted) ? id : name, wanted))?.id;

const resolveAll = (register: Register, wanted: readonly string[]): Observable<readonly string[]> => {
  if (wanted.length === 0) return of([]);
  return register.list().pipe(
    switchMap((list) => {
      // Before anything is created: an unknown UUID must leave nothing behind.
      const unknown = wanted.find((name) => isUuid(name) && find(list, name) === undefined);
      if (unknown !== undefined) return throwError(() => missing(register.noun, unknown));
      return forkJoin(
        wanted.map((name) => of(find(list, name)).pipe(switchMap((id) => (id ? of(id) : add(register, name))))),
      );
    }),
    map((ids) => [...new Set(ids)]),
  );
};

/** Creates a name. When that fails another stream may have been faster: it is listed then. */
const add = (register: Register, name: string): Observable<string> =>
  register.create(name).pipe(
    catchError((error) =>
      register.list().pipe(
        catchError(() => throwError(() => error)),
        map((list) => {
          const id = find(list, name);
          if (id === undefined) throw error;
          return id;
        }),
      ),
    ),
  );

const missing = (noun: string, uuid: string) =>
  failure({ step: 'resolve', from: 'api', status: 404, what: `there is no ${noun} ${uuid} on the platform` });
