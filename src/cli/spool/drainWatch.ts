import type { Platform } from '../../delivery/platform.js';
import { mayDeliver } from '../../spool/owner.js';
import { type SpooledSession, spoolSessions } from '../../spool/spoolSessions.js';
import { spoolState } from '../../spool/spoolState.js';
import { Movement } from './movement.js';
import type { SpoolSetting } from './spoolSetting.js';

/** Watches a platform that delivers what a spool keeps, for when there is nothing left that it could do. */
export class DrainWatch {
  /** Sessions that were delivered and ended. */
  closed = 0;
  readonly #givenUp = new Set<string>();
  readonly #movement: Movement;

  constructor(
    private readonly setting: SpoolSetting,
    platform: Platform,
  ) {
    this.#movement = new Movement(platform);
    platform.events$.subscribe(({ type, session }) => {
      if (type === 'gaveUp') this.#givenUp.add(session);
      if (type === 'closed') this.closed += 1;
    });
  }

  /** The platform has not let anything through for two minutes. */
  get isAway(): boolean {
    return this.#movement.isAway;
  }

  async isDone(): Promise<boolean> {
    if (this.#movement.isStuck || this.isAway) return true;
    // One look may read much: only when there is nothing better to do.
    return (
      this.#movement.isIdle && !(await spoolSessions(this.setting.place)).some((session) => this.#isToCome(session))
    );
  }

  #isToCome(session: SpooledSession): boolean {
    const { owner, stream } = session.contents;
    if (owner === undefined || spoolState(session) !== 'waiting' || this.#givenUp.has(session.id)) return false;
    return mayDeliver(this.setting.ownerOf(session.id), owner, stream !== undefined);
  }
}
