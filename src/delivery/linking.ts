import {
  catchError,
  concat,
  concatMap,
  defer,
  EMPTY,
  from,
  ignoreElements,
  type Observable,
  reduce,
  tap,
  throwError,
} from 'rxjs';
import type { ResolvedLinks } from '../ingest/ingest.js';
import type { SessionJournal } from '../journal/sessionJournal.js';
import type { DataId } from '../model/identifiers.js';
import type { Links } from '../model/links.js';
import { toProblem } from '../model/problem.js';
import type { Attempts } from './attempts.js';
import type { Rooms } from './platform.js';

const none: ResolvedLinks = { tagIds: [] };

/** What a session's streams are linked to. Where a refusal does not matter it is a line of the report, and the others are applied. */
export class Linking {
  #resolved: ResolvedLinks | undefined;

  constructor(
    private readonly journal: SessionJournal,
    private readonly attempts: Attempts,
    private readonly rooms: Pick<Rooms, 'ingest'>,
  ) {}

  /** Once, before anything is created, so that a bad link creates nothing. Errors only while nothing is durable. */
  resolve(): Observable<never> {
    return defer(() => (this.#resolved === undefined ? this.#resolveAll() : EMPTY));
  }

  /** Links a stream; errors as it is refused. */
  apply(dataId: DataId): Observable<never> {
    return this.#link(dataId, this.#resolved ?? none);
  }

  /** Links a stream to what it may be linked to, after all of it together was refused. */
  applyEach(dataId: DataId, refusal: unknown): Observable<never> {
    return this.#each(chainsOf(this.#resolved ?? none), refusal, (chain) =>
      concat(...chain.map((links) => this.#link(dataId, links))),
    );
  }

  /** The platform wants no stream in this project. */
  leaveProject(refusal: unknown): void {
    const { projectId: _, ...links } = this.#resolved ?? none;
    this.#resolved = links;
    this.#refused(refusal);
  }

  #resolveAll(): Observable<never> {
    const { options } = this.journal.asked;
    return this.#resolve(options).pipe(
      catchError((refusal) =>
        this.journal.isDurable ? this.#resolveEach(options, refusal) : throwError(() => refusal),
      ),
      tap((links) => {
        this.#resolved = links;
      }),
      ignoreElements(),
    );
  }

  #resolveEach(options: Links, refusal: unknown): Observable<ResolvedLinks> {
    return this.#each(partsOf(options), refusal, (part) => this.#resolve(part)).pipe(
      reduce((all, { tagIds, ...links }) => ({ ...all, ...links, tagIds: [...all.tagIds, ...tagIds] }), none),
    );
  }

  /** Without links there is no request, and no success that would say anything of the key. */
  #resolve(links: Links): Observable<ResolvedLinks> {
    const resolve = () => this.rooms.ingest.resolve(links);
    return partsOf(links).length === 0 ? resolve() : this.attempts.of('resolve', resolve);
  }

  #link(dataId: DataId, links: ResolvedLinks): Observable<never> {
    return this.attempts.of('link', () => this.rooms.ingest.link(dataId, links));
  }

  #each<Part, Made>(
    parts: readonly Part[],
    refusal: unknown,
    attempt: (part: Part) => Observable<Made>,
  ): Observable<Made> {
    if (parts.length < 2) return this.#refused(refusal);
    return from(parts).pipe(concatMap((part) => attempt(part).pipe(catchError((error) => this.#refused(error)))));
  }

  #refused(refusal: unknown): Observable<never> {
    this.journal.append({ type: 'linkRefused', problem: toProblem(refusal) });
    return EMPTY;
  }
}

const partsOf = ({ physicalSample, projectId, tags = [] }: Links): Links[] => [
  ...(physicalSample?.trim() ? [{ physicalSample, projectId }] : []),
  ...tags.filter((tag) => tag.trim()).map((tag) => ({ tags: [tag] })),
];

/** A project tracks the sample, so it comes after it; and not at all without. */
const chainsOf = ({ sampleId, projectId, tagIds }: ResolvedLinks): ResolvedLinks[][] => [
  ...(sampleId === undefined ? [] : [sampleChain(sampleId, projectId)]),
  ...tagIds.map((id) => [{ tagIds: [id] }]),
];

const sampleChain = (sampleId: string, projectId: string | undefined): ResolvedLinks[] => [
  { sampleId, tagIds: [] },
  ...(projectId === undefined ? [] : [{ sampleId, projectId, tagIds: [] }]),
];
