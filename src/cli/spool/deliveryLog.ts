import { Subscription } from 'rxjs';
import type { LogOptions } from '../../delivery/logOf.js';
import type { Platform } from '../../delivery/platform.js';
import type { PlatformStatus } from '../../model/platformStatus.js';
import { jsonLine } from '../jsonLines.js';
import { keyWanted } from '../keyWanted.js';
import { leaveWhen } from '../leaveWhen.js';
import { Outage } from '../outage.js';
import { spoolText } from '../progress.js';
import { count } from '../quantity.js';
import type { Terminal } from '../terminalLines.js';

/** How often a line of progress goes to something that is not a terminal, ms. */
const PLAIN_MS = 60_000;

/** Tells how what a spool keeps is being delivered: to a person, or a JSON object a line to a program. */
export class DeliveryLog {
  /** What `connect` is given, so that its log comes here. */
  readonly options: LogOptions;
  readonly #outage = new Outage();
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly isJson: boolean,
    private readonly output: Terminal = process.stdout,
    private readonly terminal: Terminal = process.stderr,
  ) {
    const say = (line: string) => this.#say(line.replace(/^epistream /, ''));
    const logger = { error: say, warn: say, info: say, debug: () => {} };
    this.options = { logger, verbosity: isJson ? 0 : 2 };
  }

  /** Follows a platform until it is closed. */
  follow(platform: Platform): Subscription {
    const following = new Subscription();
    if (this.isJson)
      following.add(
        platform.events$.subscribe(({ type, ...more }) => this.output.write(jsonLine({ event: type, ...more }))),
      );
    following.add(platform.status$.subscribe((status) => this.#hearStatus(status)));
    return following;
  }

  note(text: string): void {
    if (this.isJson) this.output.write(jsonLine({ event: 'note', text }));
    else this.#say(text);
  }

  /** The user will not wait any more: what is undelivered stays where it is. */
  leave(): void {
    leaveWhen(
      () => true,
      0,
      () => this.note('stopped at once: what is undelivered is still in the spool'),
    );
  }

  /** What came of it: an event for a program, sentences for a person, of which the first is the result. */
  result(
    event: { readonly event: string; readonly [field: string]: unknown },
    text: string,
    ...more: readonly string[]
  ): void {
    if (this.isJson) this.output.write(jsonLine(event));
    else {
      if (this.terminal.isTTY) this.terminal.write(ERASE);
      this.output.write(`${text}\n`);
      for (const line of more) this.#say(line);
    }
  }

  #say(text: string): void {
    if (!this.isJson) this.terminal.write(`${this.terminal.isTTY ? ERASE : ''}${text}\n`);
  }

  #hearStatus(status: PlatformStatus): void {
    const turn = this.#outage.hear(status, Date.now());
    if (turn?.is === 'away') this.note(`${turn.problem.message}: it is tried again until it answers`);
    if (turn?.is === 'back') this.note('the platform answers again');
    if (this.isJson || status.sessions === 0) return;
    const text = progressOf(status);
    if (this.terminal.isTTY) this.terminal.write(`${ERASE}${text.slice(0, (this.terminal.columns || 80) - 1)}`);
    else if (performance.now() - this.#shownAt >= PLAIN_MS) {
      this.#shownAt = performance.now();
      this.#say(text);
    }
  }
}

const ERASE = '\r\x1b[K';

const progressOf = ({ sessions, undelivered, delivered, paused, spool }: PlatformStatus): string => {
  const waitsFor = keyWanted(paused);
  return [
    ...(waitsFor === undefined ? [] : [`waiting for ${waitsFor}`]),
    count(sessions, 'session'),
    `${count(undelivered, 'chunk')} waiting`,
    `${delivered} delivered`,
    ...(spool === undefined ? [] : [spoolText(spool)]),
  ].join(', ');
};
