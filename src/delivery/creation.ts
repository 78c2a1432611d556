import { catchError, concat, type Observable, tap, throwError } from 'rxjs';
import type { SessionJournal } from '../journal/sessionJournal.js';
import type { Asked } from '../model/asked.js';
import { IngestError } from '../model/errors.js';
import type { DataId } from '../model/identifiers.js';
import type { Problem } from '../model/problem.js';
import type { Attempts } from './attempts.js';
import type { Linking } from './linking.js';
import type { Rooms } from './platform.js';

/** Has the platform create streams for a session, and records every one that may have come of it. */
export class Creation {
  constructor(
    private readonly journal: SessionJournal,
    private readonly attempts: Attempts,
    private readonly linking: Linking,
    private readonly rooms: Pick<Rooms, 'ingest'>,
  ) {}

  /** A new stream. Once something is durable a project that the platform refuses is a link like the others. */
  create(): Observable<DataId> {
    const { asked } = this.journal;
    const { projectId, ...others } = asked.options;
    const create$ = this.#create(asked);
    if (!projectId?.trim()) return create$;
    return create$.pipe(
      catchError((refusal) =>
        this.journal.isDurable
          ? this.#create({ ...asked, options: others } as Asked).pipe(
              tap(() => this.linking.leaveProject(refusal)),
              catchError(() => throwError(() => refusal)),
            )
          : throwError(() => refusal),
      ),
    );
  }

  /** A stream of this name may stand on the platform beside the session's own. */
  orphaned(problem: Problem): void {
    this.journal.append({ type: 'orphaned', streamName: this.journal.asked.options.streamName ?? '', problem });
  }

  /** The intent is safe before the platform hears of it: a crash then leaves no stream that nobody knows of. */
  #create(asked: Asked): Observable<DataId> {
    const create$ = this.rooms.ingest.create(asked).pipe(
      tap({
        error: (error) => this.#mayBeOrphaned(error),
        unsubscribe: () => this.orphaned({ tag: 'TooLate', message: 'nobody waited for the answer to its creation' }),
      }),
    );
    return this.attempts.of('create', () => concat(this.journal.append({ type: 'intent', step: 'create' }), create$));
  }

  #mayBeOrphaned(error: unknown): void {
    const problem = lostReply(error);
    if (problem !== undefined) this.orphaned(problem);
    else this.journal.append({ type: 'notCreated' });
  }
}

/** The request may have been carried out although no usable reply came. */
const lostReply = (error: unknown): Problem | undefined => {
  if (!(error instanceof IngestError)) return undefined;
  const { from, status = 0, reached = true, problem } = error.context;
  const isLost =
    (from === 'network' && reached) || (from === 'reply' && status < 300) || status === 502 || status === 504;
  return isLost ? problem : undefined;
};
