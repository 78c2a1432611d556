import { interval, Subscription } from 'rxjs';
import type { Platform } from '../delivery/platform.js';
import { Budget } from '../flow/budget.js';
import type { PlatformStatus } from '../model/platformStatus.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import { EarlierSessions } from './earlierSessions.js';
import type { RunEnd } from './exitCode.js';
import type { Feed } from './feed.js';
import { keyWanted } from './keyWanted.js';
import { leaveWhen } from './leaveWhen.js';
import { Outage } from './outage.js';
import { ANY_KEY, type PlatformSettings } from './platformSettings.js';
import type { FeedProgress } from './progress.js';
import { count } from './quantity.js';
import { resumeCommand } from './resumeCommand.js';
import type { RunLog, Undelivered, Whereabouts } from './runLog.js';
import { warnings } from './warnings.js';

/** Whoever asks to stop decides how long to wait: nothing is given up before they ask again. */
const NO_DEADLINE_MS = 2 ** 31 - 1;

const PROGRESS_MS = 250;

/** What is already accepted may still reach the disk for so long when the user leaves at once, ms. */
const LEAVE_MS = 2_000;

/** What is watched of a feed. */
type Watched = Pick<Feed, 'part' | 'noun' | 'total' | 'tally' | 'end'>;

/** Watches a run: how far it is, what its user has to know, and what is where when it ends. */
export class RunWatch {
  readonly #outage = new Outage();
  readonly #earlier = new EarlierSessions();
  #status: PlatformStatus | undefined;
  #isStopped = false;
  /** The key that one of the run's own sessions was given up for. */
  #refused: string | undefined;
  #feeds: readonly Watched[] = [];

  constructor(
    private readonly settings: PlatformSettings,
    private readonly log: RunLog,
  ) {}

  get where(): Whereabouts {
    const dir = this.#status?.spool?.dir;
    const waitsFor = keyWanted(this.#status?.paused) ?? this.#refused;
    return {
      ...(dir !== undefined && { spool: { dir, resume: resumeCommand(this.settings) } }),
      ...(waitsFor !== undefined && { waitsFor }),
      ...(this.settings.apiKey === ANY_KEY && { isKeyless: true }),
    };
  }

  /** Follows a platform until it is closed, and the feeds that go there. */
  platform(platform: Platform, feeds: readonly Watched[]): Subscription {
    this.#feeds = feeds;
    const following = new Subscription();
    following.add(warnings().subscribe((text) => this.log.warn(text)));
    following.add(platform.status$.subscribe((status) => this.#hearStatus(status)));
    following.add(platform.events$.subscribe((event) => this.#hearEvent(event)));
    following.add(interval(PROGRESS_MS).subscribe(() => this.#progress()));
    return following;
  }

  /** The user asks to stop, for the first time or again. */
  stop(count: number, platform: Platform | undefined): void {
    if (count > 1 || platform === undefined) {
      this.#leave(count > 2);
      return;
    }
    this.#isStopped = true;
    this.log.stopping(this.#feeds.map(undeliveredOf), this.where);
    void platform.close({ deadlineMs: NO_DEADLINE_MS });
  }

  /** What is on its way to the disk gets there first, unless there is none or the user asks once more. */
  #leave(atOnce: boolean): void {
    const isSafe = () =>
      this.where.spool === undefined || this.#feeds.every(({ tally }) => tally.durable === (tally.report?.kept ?? 0));
    leaveWhen(isSafe, atOnce ? 0 : LEAVE_MS, () => this.log.end(1, this.#left(), this.where));
  }

  get #nouns(): string {
    return this.#feeds.map(({ noun }) => `${noun}s`).join(' and ');
  }

  /** What every session has come to when it is left now. */
  #left(): readonly RunEnd[] {
    const error = new Error('stopped at once');
    if (this.#feeds.length === 0) return [{ error }];
    return this.#feeds.map(({ end: { report: _, ...end }, tally: { leftReport: report } }, index) => ({
      ...end,
      ...(report && { report }),
      ...(index === 0 && { error }),
    }));
  }

  #hearStatus(status: PlatformStatus): void {
    this.#status = status;
    const turn = this.#outage.hear(status, Date.now());
    const { spool } = this.where;
    const kept = spool === undefined ? 'in memory' : `in ${spool.dir}`;
    if (turn?.is === 'away')
      this.log.note(`${turn.problem.message}: ${this.#nouns} are kept ${kept}, and sent when it answers`);
    if (turn?.is === 'back') this.log.note('the platform answers again');
  }

  #hearEvent(event: SessionEvent): void {
    const earlier = this.#earlier.hear(event);
    if (earlier !== undefined) this.log.note(earlier);
    if (event.type === 'gaveUp' && this.#feeds.some(({ tally }) => tally.report?.session === event.session))
      this.#refused = keyWanted(event.problem);
    if (event.type === 'ending') this.#hearEnding();
  }

  /** What delivery waits for when there is nothing more to read; a request to stop has been told of a key already. */
  #hearEnding(): void {
    const { spool, waitsFor } = this.where;
    if (spool === undefined || (waitsFor === undefined ? !this.#outage.isOn : this.#isStopped)) return;
    if (this.#feeds.some(({ tally }) => tally.report?.outcome === 'running')) return; // the others still read
    const then = waitsFor === undefined ? 'when the platform answers' : `with ${waitsFor}`;
    this.log.note(
      this.#isStopped
        ? `stopped: ${this.#feeds.map(({ tally, noun }) => count(tally.items, noun)).join(' and ')} read; the rest of them is delivered ${then} (one more Ctrl-C leaves it on disk)`
        : `all is read; it will be delivered ${then} (Ctrl-C twice leaves it on disk)`,
    );
  }

  #progress(): void {
    const waitsFor = keyWanted(this.#status?.paused);
    this.log.progress({
      atMs: performance.now(),
      feeds: this.#feeds.map(progressOf),
      retries: this.#feeds.reduce((sum, { tally }) => sum + tally.retries, 0),
      heldBytes: Budget.shared.used,
      budgetBytes: Budget.shared.bytes,
      undelivered: this.#status?.undelivered ?? 0,
      isStopped: this.#isStopped,
      ...(waitsFor !== undefined && { waitsFor }),
      ...(this.#status?.spool && { spool: this.#status.spool }),
    });
  }
}

const undeliveredOf = ({ part, noun, tally: { undelivered: items } }: Watched): Undelivered => ({ part, noun, items });

const progressOf = ({ part, noun, total, tally: { items: read, bytes, report } }: Watched): FeedProgress => ({
  noun,
  read,
  ...(part === 'frames' && { bytes }),
  ...(total !== undefined && { total }),
  delivered: report?.delivered ?? 0,
});
