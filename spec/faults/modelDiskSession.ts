import { takeOver } from '../../src/delivery/takeOver.js';
import type { Recovered, SessionJournal } from '../../src/journal/sessionJournal.js';
import type { DataId } from '../../src/model/identifiers.js';
import type { SessionRecord } from '../../src/model/sessionEvent.js';

/** How sure a session's user may be of something: it was said, or the journal has answered for it. */
export type Sure = 'said' | 'safe';

export const STREAM = 'stream-1' as DataId;

/** A session as its user knows it, over all the processes that had it: what was promised must hold in the next. */
export abstract class ModelSession {
  readonly wrong: string[] = [];
  readonly #steps = new Map<string, Sure>();
  /** What a process says after its death is heard by nobody. */
  #life = 0;
  isOver = false;

  constructor(public journal: SessionJournal) {
    this.#listen();
    this.#say({ type: 'asked', asked: journal.asked }, 'asked');
  }

  get id(): string {
    return this.journal.id;
  }

  /** Whether the next process has to find it. */
  get mustBeFound(): boolean {
    return !this.#steps.has('closed') && (this.hasPromised || [...this.#steps.values()].includes('safe'));
  }

  get mustNotBeFound(): boolean {
    return this.#steps.get('closed') === 'safe';
  }

  /** Accepts something of that size. */
  abstract accept(bytes: number): void;
  /** One of those that wait, as delivery would: once it is durable. */
  abstract deliver(nth: number): void;
  abstract deliverAll(): void;
  /** Something was told to be durable. */
  protected abstract readonly hasPromised: boolean;
  protected abstract readonly isDelivered: boolean;
  protected abstract hear(event: {
    readonly type: string;
    readonly chunk: { index: number; channel?: string; revision: number; items: number };
  }): void;
  /** What a journal that was found must know. */
  protected abstract check(journal: SessionJournal): void;
  /** Reads everything that waits, and goes on from what is known now. */
  protected abstract learn(journal: SessionJournal, sure: Sure): Promise<void>;

  protected get isEnding(): boolean {
    return this.isOver || this.#steps.has('ending');
  }

  /** The next step of a session's life; it ends only when all is delivered. */
  goOn(): void {
    if (this.isOver) return;
    const { isDelivered } = this;
    if (!this.#steps.has('intent create') && !this.#steps.has('created'))
      this.#say({ type: 'intent', step: 'create' }, 'intent create');
    else if (!this.#steps.has('created')) this.#say({ type: 'created', dataId: STREAM }, 'created');
    else if (!this.#steps.has('opened')) this.#say({ type: 'opened', dataId: STREAM }, 'opened');
    else if (!this.#steps.has('ending')) this.#say({ type: 'ending', outcome: 'complete' }, 'ending');
    else if (isDelivered && !this.#steps.has('intent end')) this.#say({ type: 'intent', step: 'end' }, 'intent end');
    else if (isDelivered) this.#close();
  }

  #close(): void {
    this.isOver = true;
    const report = { ...this.journal.report(), ended: true };
    this.#say({ type: 'closed', dataId: STREAM, report }, 'closed');
  }

  /** Its process is gone. */
  die(): void {
    this.#life++;
    this.isOver = true;
  }

  /**
   * Another process has found it: all that was promised is there, and nothing that was not said. What it hands out is a promise as
   * well, unless a disk that had refused a sync before still shows what it has dropped.
   */
  async found(journal: SessionJournal, sure: Sure): Promise<void> {
    const { recovered } = journal;
    // What a process did upon what it only found is forgotten with that.
    const isSafe = (...steps: string[]) => steps.every((step) => this.#steps.get(step) === 'safe');
    const report = journal.report();
    this.expect(!this.mustNotBeFound, 'it was closed, and is found again');
    this.expect(JSON.stringify(journal.asked) === JSON.stringify(this.journal.asked), 'something else was asked');
    this.expect(!isSafe('created') || recovered?.stream?.dataId === STREAM, 'its stream is forgotten');
    this.expect(!isSafe('created', 'opened') || recovered?.stream?.isOpened === true, 'its opening is forgotten');
    this.expect(!isSafe('created', 'intent end') || recovered?.stream?.isEndAsked === true, 'its end was asked for');
    const mayBeOrphaned = isSafe('intent create') && !this.#steps.has('created');
    this.expect(!mayBeOrphaned || recovered?.mayBeOrphaned === true, 'its orphan is forgotten');
    this.expect(!isSafe('ending') || report.outcome === 'complete', 'its ending is forgotten');
    const { offered, delivered, kept, rejected, dropped, lost } = report;
    this.expect(offered === delivered + kept + rejected + dropped + lost, 'its report does not add up');
    this.check(journal);
    this.#learn(recovered?.stream, sure);
    const learnt = this.learn(journal, sure);
    this.journal = journal;
    this.isOver = false;
    this.#listen();
    takeOver(journal);
    if (!this.#steps.has('ending')) this.#steps.set('ending', 'said');
    await learnt;
  }

  /** What the journal knows was said at least. */
  #learn(stream: Recovered['stream'], sure: Sure): void {
    const known = {
      created: stream !== undefined,
      opened: stream?.isOpened === true,
      'intent end': stream?.isEndAsked === true,
    };
    for (const [step, sure] of this.#steps) if (sure === 'said') this.#steps.delete(step);
    for (const [step, isKnown] of Object.entries(known))
      if (isKnown && !this.#steps.has(step)) this.#steps.set(step, sure);
    if (!known.created) this.#steps.delete('intent create'); // an orphan is told of, and another stream asked for
  }

  #listen(): void {
    const life = this.#life;
    this.journal.events$.subscribe((event) => {
      if (event.type === 'durable' && life === this.#life) this.hear(event);
    });
  }

  #say(record: SessionRecord, step: string): void {
    this.#steps.set(step, 'said');
    this.append(record, () => this.#steps.set(step, 'safe'));
  }

  protected append(record: SessionRecord, safe = () => {}): void {
    const life = this.#life;
    this.journal.append(record).subscribe({ complete: () => life === this.#life && safe(), error: () => {} });
  }

  protected expect(holds: boolean, wrong: string): void {
    if (!holds) this.wrong.push(wrong);
  }
}
