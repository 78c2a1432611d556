import { ReplaySubject, Subject } from 'rxjs';
import type { Clock } from '../flow/clock.js';
import type { SessionId } from '../model/identifiers.js';
import type { SessionEvent, SessionNotice, SessionRecord } from '../model/sessionEvent.js';
import type { Ending } from './sessionJournal.js';

/** Tells a session's readers what is said, in one order for all of them. */
export class Telling {
  readonly #events$ = new Subject<SessionEvent>();
  readonly #ending$ = new ReplaySubject<Ending>(1);
  readonly #untold: SessionEvent[] = [];
  #telling = false;
  /** From now on; completes after `closed` or `gaveUp`. */
  readonly events$ = this.#events$.asObservable();
  /** Once the session is ending, also if it is by now. */
  readonly ending$ = this.#ending$.asObservable();

  constructor(
    private readonly session: SessionId,
    private readonly clock: Clock,
  ) {}

  /** An ending of an earlier process, which nobody has to be told again. */
  hasEnded(ending: Ending): void {
    this.#ending$.next(ending);
  }

  /** One at a time: a reader that answers with the next is heard after the others have heard what it answers to. */
  tell(said: SessionRecord | SessionNotice): void {
    this.#untold.push({ ...said, session: this.session, at: this.clock.wallMs() });
    if (this.#telling) return;
    this.#telling = true;
    for (let event = this.#untold.shift(); event !== undefined; event = this.#untold.shift()) {
      this.#events$.next(event);
      if (event.type === 'ending') this.#ending$.next(event);
      if (event.type === 'closed' || event.type === 'gaveUp') this.#events$.complete();
    }
    this.#telling = false;
  }
}
