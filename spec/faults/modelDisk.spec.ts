import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lastValueFrom } from 'rxjs';
import type { Lock } from '../../src/files/lock.js';
import type { Journals } from '../../src/journal/sessionJournal.js';
import { diskJournals } from '../../src/spool/diskJournals.js';
import { ModelDisk } from '../files/modelDisk.js';
import type { DiskFailure } from '../files/modelFaults.js';
import { ManualClock, settled } from '../spool/manualClock.js';
import { ModelFrames } from './modelDiskFrames.js';
import { ModelPoints } from './modelDiskPoints.js';
import type { ModelSession } from './modelDiskSession.js';
import { isWhole, randomOf, seedOf } from './oracleRow.js';

const asked = { kind: 'rheed', options: { fps: 1, rotationsPerMin: 0, chunkSize: 2, streamName: 'a run' } } as const;
const askedPoints = { kind: 'timeseries', options: { pointsPerChunk: 100, flushAfterMs: 1000 } } as const;
const KINDS = ['makeDirectory', 'create', 'write', 'sync', 'rename', 'remove', 'syncDirectory', 'removeTree'] as const;

type Step =
  | { readonly does: 'begin' | 'begin points' | 'writeback' | 'heal' }
  | { readonly does: 'accept'; readonly session: number; readonly bytes: number }
  | { readonly does: 'deliver'; readonly session: number; readonly nth: number }
  | { readonly does: 'go on' | 'close'; readonly session: number }
  | { readonly does: 'fail'; readonly failure: DiskFailure }
  /** Microtasks: what is under way stays under way. */
  | { readonly does: 'turns'; readonly count: number }
  | { readonly does: 'pass'; readonly ms: number }
  | { readonly does: 'die'; readonly of: 'power cut' | 'kill' };

const session = fc.nat(3);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(...(['begin', 'begin points', 'heal', 'heal'] as const).map((does) => ({ does }))),
  },
  { weight: 2, arbitrary: fc.constant({ does: 'writeback' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant('accept' as const), session, bytes: fc.constantFrom(10, 5000, 9000) }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('deliver' as const), session, nth: fc.nat(5) }) },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('go on' as const), session }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('close' as const), session }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('fail' as const),
      failure: fc.record({
        kind: fc.constantFrom(...KINDS),
        nth: fc.integer({ min: 1, max: 4 }),
        times: fc.integer({ min: 1, max: 3 }),
        code: fc.constantFrom('EIO', 'ENOSPC'),
      }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('turns' as const), count: fc.nat(40) }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('pass' as const), ms: fc.constantFrom(0, 5, 20, 600) }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('die' as const), of: fc.constantFrom('power cut', 'kill') }),
  },
);

/** A computer with one disk, and its sessions over all the processes that it runs, one after the other. */
class Computer {
  readonly sessions: ModelSession[] = [];
  readonly #random: () => number;
  #disk: ModelDisk;
  #clock = new ManualClock();
  #journals: Journals;
  #hasRefused = false;
  deaths = 0;

  constructor(seed: number) {
    this.#random = randomOf(seed);
    this.#disk = new ModelDisk({ capacity: 1e9 });
    this.#journals = this.#start();
  }

  /** What broke its promise, in words. */
  get wrong(): string[] {
    return this.sessions.flatMap(({ wrong }, n) => wrong.map((what) => `session ${n}: ${what}`));
  }

  async take(one: Step): Promise<void> {
    const open = this.sessions.filter(({ isOver }) => !isOver);
    const chosen = 'session' in one ? open[one.session % open.length] : undefined;
    switch (one.does) {
      case 'begin':
        if (this.sessions.length < 4) this.sessions.push(new ModelFrames(this.#journals.create(asked)));
        return;
      case 'begin points':
        if (this.sessions.length < 4) this.sessions.push(new ModelPoints(this.#journals.create(askedPoints)));
        return;
      case 'accept':
        return chosen?.accept(one.bytes);
      case 'deliver':
        return chosen?.deliver(one.nth);
      case 'go on':
        return chosen?.goOn();
      case 'close':
        return chosen && this.#close(chosen);
      case 'writeback':
        return this.#disk.writeback(this.#random);
      case 'fail':
        this.#hasRefused ||= one.failure.kind === 'sync';
        return this.#disk.faults.fail(one.failure);
      case 'heal':
        return this.#disk.faults.heal();
      case 'turns':
        for (let n = 0; n < one.count; n++) await undefined;
        return;
      case 'pass':
        return this.#clock.pass(one.ms);
      case 'die':
        return this.die(one.of);
    }
  }

  /** The process is gone, and the next one finds what it left. */
  async die(of: 'power cut' | 'kill'): Promise<void> {
    this.deaths++;
    void this.#disk.faults.stopAt(1);
    for (const one of this.sessions) one.die();
    this.#disk = of === 'power cut' ? this.#disk.crash(this.#random) : this.#disk.kill();
    this.#clock = new ManualClock();
    this.#journals = this.#start();
    const sure = of === 'kill' && this.#hasRefused ? 'said' : 'safe';
    this.#hasRefused &&= of === 'kill';
    const found = new Set<string>();
    const finding = this.#journals.unfinished$.subscribe(async (journal) => {
      found.add(journal.id);
      const known = this.sessions.find(({ id }) => id === journal.id);
      await known?.found(journal, sure);
    });
    await this.#clock.pass(0);
    await this.#clock.pass(100);
    finding.unsubscribe();
    for (const one of this.sessions) if (one.mustBeFound && !found.has(one.id)) one.wrong.push('it is not found again');
  }

  /** All is delivered and closed, by a process that nothing befalls: what it leaves. */
  async finish(): Promise<string[]> {
    await this.die(this.#random() < 0.5 ? 'power cut' : 'kill');
    for (let round = 0; round < 12; round++) {
      for (const one of this.sessions) {
        one.deliverAll();
        one.goOn();
      }
      await this.#clock.pass(100);
    }
    const closing = lastValueFrom(this.#journals.close(), { defaultValue: undefined });
    await this.#clock.until(closing);
    const left: string[] = [];
    for (const { name } of await this.#disk.list('/spool/sessions').catch(() => []))
      if (!(await this.#hasQuarantine(name))) left.push(name);
    return left;
  }

  /** A page of what was not synced came back as zeros, among others: that is kept for somebody to see. */
  async #hasQuarantine(session: string): Promise<boolean> {
    return (await this.#disk.list(`/spool/sessions/${session}/quarantine`).catch(() => [])).length > 0;
  }

  /** Takes a session to its last record, and leaves it there. */
  async #close(session: ModelSession): Promise<void> {
    for (let round = 0; round < 8 && !session.isOver; round++) {
      await this.#clock.pass(30);
      session.deliverAll();
      session.goOn();
    }
  }

  #start(): Journals {
    const held = new Set<string>();
    const lock: Lock = async (directory, name = '') => {
      const key = `${directory}/${name}`;
      if (held.has(key)) return undefined;
      held.add(key);
      return async () => void held.delete(key);
    };
    return diskJournals({
      root: '/spool',
      disk: this.#disk,
      lock,
      clock: this.#clock,
      maxBytes: Number.POSITIVE_INFINITY,
      minFreeBytes: 0,
      mostHeldBytes: 12_000,
      ownerOf: () => ({ endpoint: 'https://lab.example', keyPrint: 'a key' }),
    });
  }
}

describe('A journal on a disk that fails and loses power at any moment', () => {
  const runs = isWhole ? 100_000 : 2_000;

  it(`keeps what it promised, in every of ${runs} lives`, async () => {
    const seed = seedOf('model-disk');
    let deaths = 0;
    let sessions = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), fc.nat(), async (steps, luck) => {
        const computer = new Computer(luck);
        const first = { does: luck % 2 === 0 ? 'begin' : 'begin points' } as const;
        for (const one of [first, ...steps]) await computer.take(one);
        const left = await computer.finish();
        deaths += computer.deaths;
        sessions += computer.sessions.length;
        expect(computer.wrong).toEqual([]);
        expect(left).toEqual([]);
      }),
      { numRuns: runs, seed, endOnFailure: false },
    );
    process.stdout.write(`model-disk: ${runs} computers, ${sessions} sessions, ${deaths} deaths\n`);
    await settled();
  }, 3_600_000);
});
