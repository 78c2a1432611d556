import { filter, map, merge, type Observable, ReplaySubject, take, takeUntil } from 'rxjs';
import type { Rooms } from '../delivery/platform.js';
import { chunkName } from '../journal/chunkName.js';
import { overOf } from '../journal/overOf.js';
import type { ChunkRef } from '../model/chunkRef.js';
import type { DataId, SessionId } from '../model/identifiers.js';
import type { Outcome } from '../model/outcome.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';
import type { SessionWriter } from './sessionWriter.js';
import { withVerdict } from './withVerdict.js';

const isLast = ({ type }: SessionEvent): boolean => type === 'closed' || type === 'gaveUp';

const isSettled = ({ type }: SessionEvent): boolean => type === 'delivered' || type === 'rejected' || type === 'lost';

/** A session that is opened at once, whose chunks are sent as they are given. */
export class OpenSession<W extends SessionWriter> {
  readonly id: SessionId;
  readonly events$: Observable<SessionEvent>;
  readonly #opened$ = new ReplaySubject<DataId>(1);
  /** The last event and what it comes to, for an `end()` that is asked for later. */
  readonly #verdict$ = new ReplaySubject<SessionEvent>(1);
  #ended$: ReplaySubject<SessionEvent> | undefined;
  /** What the chunks that have no fate yet are told, by their names. */
  readonly #told = new Map<string, ReplaySubject<SessionEvent>>();

  constructor(
    inside: Rooms,
    protected readonly writer: W,
  ) {
    const { journal } = writer;
    this.id = journal.id;
    this.events$ = journal.events$;
    journal.events$.subscribe({ next: (event) => this.#tell(event), complete: () => this.#over() });
    const events$ = journal.events$.pipe(withVerdict(() => undefined));
    events$.pipe(filter(isLast)).subscribe(this.#verdict$);
    events$
      .pipe(
        filter((event) => event.type === 'opened'),
        map(({ dataId }) => dataId),
        take(1),
      )
      .subscribe(this.#opened$);
    inside.deliver(journal, () => writer.stop());
    writer.ask();
    inside.closing$.pipe(takeUntil(overOf(journal))).subscribe(() => this.end('cancelled'));
  }

  get opened$(): Observable<DataId> {
    return this.#opened$.asObservable();
  }

  end(outcome: Outcome = 'complete'): Observable<SessionEvent> {
    if (this.#ended$ === undefined) {
      this.#ended$ = new ReplaySubject();
      merge(this.events$.pipe(filter((event) => !isLast(event))), this.#verdict$).subscribe(this.#ended$);
      this.writer.end(outcome);
    }
    return this.#ended$.asObservable();
  }

  report(): SessionReport {
    return this.writer.journal.report();
  }

  /** The events of the chunk that `add` writes down, up to its fate. What `add` throws is thrown. */
  protected eventsOf(chunk: Pick<ChunkRef, 'index' | 'channel'>, add: () => void): Observable<SessionEvent> {
    const name = chunkName(chunk);
    const before = this.#told.get(name); // an index that is given twice is refused, and the first goes on
    const events$ = new ReplaySubject<SessionEvent>();
    this.#told.set(name, events$);
    try {
      add();
    } catch (error) {
      if (before === undefined) this.#told.delete(name);
      else this.#told.set(name, before);
      throw error;
    }
    return events$.asObservable();
  }

  /** To the one chunk that it is of: a subscription a chunk would look at every event of every other. */
  #tell(event: SessionEvent): void {
    if (!('chunk' in event)) return;
    const name = chunkName(event.chunk);
    const events$ = this.#told.get(name);
    events$?.next(event);
    if (!isSettled(event)) return;
    this.#told.delete(name);
    events$?.complete();
  }

  #over(): void {
    for (const events$ of this.#told.values()) events$.complete();
    this.#told.clear();
  }
}
