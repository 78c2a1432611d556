import type { Platform } from '../../delivery/platform.js';
import type { StreamKind } from '../../model/asked.js';
import type { SessionReport } from '../../model/sessionReport.js';
import { mayDeliver } from '../../spool/owner.js';
import { type SpooledSession, spoolSessions } from '../../spool/spoolSessions.js';
import { spoolState } from '../../spool/spoolState.js';
import { Losses } from '../losses.js';
import { Movement } from './movement.js';
import type { SpoolSetting } from './spoolSetting.js';

/** A session that was ended without some of its frames or points, and why. */
export interface Lossy {
  readonly id: string;
  readonly kind: StreamKind;
  readonly items: number;
  readonly reason: string;
}

/** Watches a platform that delivers what a spool keeps, for when there is nothing left that it could do. */
export class DrainWatch {
  /** Sessions that were delivered and ended. */
  closed = 0;
  readonly lossy: Lossy[] = [];
  readonly #losses = new Losses();
  readonly #givenUp = new Set<string>();
  readonly #movement: Movement;

  constructor(
    private readonly setting: SpoolSetting,
    platform: Platform,
  ) {
    this.#movement = new Movement(platform);
    platform.events$.subscribe((event) => {
      this.#losses.hear(event);
      if (event.type === 'gaveUp') this.#givenUp.add(event.session);
      if (event.type === 'closed') this.#hearClosed(event.report);
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

  #hearClosed(report: SessionReport): void {
    this.closed += 1;
    const reason = this.#losses.textOf(report);
    if (reason !== undefined) this.lossy.push({ id: report.session, kind: report.kind, items: report.lost, reason });
  }

  #isToCome(session: SpooledSession): boolean {
    const { owner, stream } = session.contents;
    if (owner === undefined || spoolState(session) !== 'waiting' || this.#givenUp.has(session.id)) return false;
    return mayDeliver(this.setting.ownerOf(session.id), owner, stream !== undefined);
  }
}
