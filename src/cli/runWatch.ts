import { interval, Subscription } from 'rxjs';
import type { Platform } from '../delivery/platform.js';
import { Budget } from '../flow/budget.js';
import type { PlatformStatus } from '../model/platformStatus.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import { EarlierSessions } from './earlierSessions.js';
import type { RunEnd } from './exitCode.js';
import { keyWanted } from './keyWanted.js';
import { leaveWhen } from './leaveWhen.js';
import { Outage } from './outage.js';
import { ANY_KEY, type PlatformSettings } from './platformSettings.js';
import { count } from './quantity.js';
import { resumeCommand } from './resumeCommand.js';
import type { RunLog, Whereabouts } from './runLog.js';
import { Tally } from './tally.js';
import { warnings } from './warnings.js';

/** Whoever asks to stop decides how long to wait: nothing is given up before they ask again. */
const NO_DEADLINE_MS = 2 ** 31 - 1;

const PROGRESS_MS = 250;

/** What is already accepted may still reach the disk for so long when the user leaves at once, ms. */
const LEAVE_MS = 2_000;

/** Watches a run: how far it is, what its user has to know, and what is where when it ends. */
export class RunWatch {
  readonly tally = new Tally();
  readonly #outage = new Outage();
  readonly #earlier = new EarlierSessions();
  #status: PlatformStatus | undefined;
  #isStopped = false;
  /** The key that the run's own session was given up for. */
  #refused: string | undefined;

  constructor(
    private readonly settings: { readonly input: string; readonly platform: PlatformSettings },
    private readonly log: RunLog,
  ) {}

  /** What the session has come to; without a report there was none. */
  get end(): RunEnd {
    const { report } = this.tally;
    return report === undefined ? {} : { report };
  }

  get where(): Whereabouts {
    const { input, platform } = this.settings;
    const dir = this.#status?.spool?.dir;
    const waitsFor = keyWanted(this.#status?.paused) ?? this.#refused;
    return {
      input,
      ...(dir !== undefined && { spool: { dir, resume: resumeCommand(platform) } }),
      ...(waitsFor !== undefined && { waitsFor }),
      ...(platform.apiKey === ANY_KEY && { isKeyless: true }),
    };
  }

  /** Follows a platform until it is closed. */
  platform(platform: Platform, files: number): Subscription {
    const following = new Subscription();
    following.add(warnings().subscribe((text) => this.log.warn(text)));
    following.add(platform.status$.subscribe((status) => this.#hearStatus(status)));
    following.add(platform.events$.subscribe((event) => this.#hearEvent(event)));
    following.add(interval(PROGRESS_MS).subscribe(() => this.#progress(files)));
    return following;
  }

  /** The user asks to stop, for the first time or again. */
  stop(count: number, platform: Platform | undefined): void {
    if (count > 1 || platform === undefined) {
      this.#leave(count > 2);
      return;
    }
    this.#isStopped = true;
    this.log.stopping(this.tally.frames - (this.tally.report?.delivered ?? 0), this.where);
    void platform.close({ deadlineMs: NO_DEADLINE_MS });
  }

  /** What is on its way to the disk gets there first, unless there is none or the user asks once more. */
  #leave(atOnce: boolean): void {
    const isSafe = () => this.where.spool === undefined || this.tally.durable === (this.tally.report?.kept ?? 0);
    leaveWhen(isSafe, atOnce ? 0 : LEAVE_MS, () => {
      const report = this.tally.leftReport;
      this.log.end(1, { ...(report && { report }), error: new Error('stopped at once') }, this.where);
    });
  }

  #hearStatus(status: PlatformStatus): void {
    this.#status = status;
    const turn = this.#outage.hear(status, Date.now());
    const { spool } = this.where;
    const kept = spool === undefined ? 'in memory' : `in ${spool.dir}`;
    if (turn?.is === 'away')
      this.log.note(`${turn.problem.message}: frames are kept ${kept}, and sent when it answers`);
    if (turn?.is === 'back') this.log.note('the platform answers again');
  }

  #hearEvent(event: SessionEvent): void {
    const earlier = this.#earlier.hear(event);
    if (earlier !== undefined) this.log.note(earlier);
    if (event.type === 'gaveUp' && event.session === this.tally.report?.session)
      this.#refused = keyWanted(event.problem);
    if (event.type === 'ending') this.#hearEnding();
  }

  /** What delivery waits for when there is nothing more to read; a request to stop has been told of a key already. */
  #hearEnding(): void {
    const { spool, waitsFor } = this.where;
    if (spool === undefined || (waitsFor === undefined ? !this.#outage.isOn : this.#isStopped)) return;
    const then = waitsFor === undefined ? 'when the platform answers' : `with ${waitsFor}`;
    this.log.note(
      this.#isStopped
        ? `stopped: ${count(this.tally.frames, 'frame')} read; the rest of them is delivered ${then} (one more Ctrl-C leaves it on disk)`
        : `all is read; it will be delivered ${then} (Ctrl-C twice leaves it on disk)`,
    );
  }

  #progress(files: number): void {
    const { tally } = this;
    const waitsFor = keyWanted(this.#status?.paused);
    this.log.progress({
      atMs: performance.now(),
      frames: tally.frames,
      bytes: tally.bytes,
      files,
      delivered: tally.report?.delivered ?? 0,
      retries: tally.retries,
      heldBytes: Budget.shared.used,
      budgetBytes: Budget.shared.bytes,
      undelivered: this.#status?.undelivered ?? 0,
      isStopped: this.#isStopped,
      ...(waitsFor !== undefined && { waitsFor }),
      ...(this.#status?.spool && { spool: this.#status.spool }),
    });
  }
}
