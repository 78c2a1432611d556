import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, sep } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, type Observable, race, take, takeUntil, timer, toArray } from 'rxjs';
import { lockDirectory } from '../../src/files/lockDirectory.js';
import { nodeDisk } from '../../src/files/nodeDisk.js';
import { hostClock } from '../../src/flow/hostClock.js';
import type { Journals, SessionJournal } from '../../src/journal/sessionJournal.js';
import type { DataId } from '../../src/model/identifiers.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { diskJournals } from '../../src/spool/diskJournals.js';
import type { SpoolUse } from '../../src/spool/spoolUse.js';
import { lentBody } from '../journal/lentBody.js';
import { accepted, chunk, delivered, problem } from '../journal/sessionJournalContract.js';
import { fastClock } from '../streamers/fastClock.js';

const options = { fps: 1, rotationsPerMin: 0, chunkSize: 2, streamName: 'Growth run 42' };
const asked = { kind: 'rheed', options } as const;
const to = 'stream-1' as DataId;

let root: string;
let processes: Journals[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'spool-'));
  processes = [];
});
afterEach(async () => {
  for (const journals of processes) await die(journals);
  rmSync(root, { recursive: true, force: true });
});

/** Journals as another process would have them: locks tell them apart. */
const start = (other: Partial<SpoolUse> & { keyPrint?: string; endpoint?: string } = {}): Journals => {
  const { keyPrint = 'a key', endpoint = 'https://lab.example', ...rest } = other;
  const journals = diskJournals({
    root,
    disk: nodeDisk({ sync: false }),
    lock: lockDirectory,
    clock: hostClock,
    maxBytes: Number.POSITIVE_INFINITY,
    minFreeBytes: 0,
    ownerOf: () => ({ endpoint, keyPrint }),
    ...rest,
  });
  processes.push(journals);
  return journals;
};
const die = (journals: Journals) => done(journals.close());
const done = (work$: Observable<unknown>) => lastValueFrom(work$, { defaultValue: undefined });

/** A body that is too large for the log. */
const body = (seed: number, bytes = 10_000) =>
  lentBody(...Array.from({ length: bytes }, (_, i) => (i * 7 + seed) % 251));
const bytesOf = async (journal: SessionJournal, count: number): Promise<Buffer[]> => {
  const pending = await firstValueFrom(journal.pending$.pipe(take(count), toArray()));
  return Promise.all(pending.map(async (one) => Buffer.concat((await firstValueFrom(one.body())).parts)));
};

/** A session with chunks 0 to `kept - 1` on the disk, whose process then dies. */
const leave = async (kept = 2, also: (journal: SessionJournal) => unknown = () => {}, as = start()) => {
  const journal = as.create(asked);
  journal.append({ type: 'asked', asked });
  for (let index = 0; index < kept; index++) {
    journal.append(accepted(index));
    await done(journal.keep(chunk(index), body(index)));
  }
  await also(journal);
  await die(as);
  return journal;
};
const found = (journals: Journals) => firstValueFrom(journals.unfinished$);
/** What is found at once; with 700 ms also by another look. */
const allFound = (journals: Journals, forMs = 200) =>
  firstValueFrom(journals.unfinished$.pipe(takeUntil(timer(forMs)), toArray()));
const sessionsThere = () => readdirSync(join(root, 'sessions')).sort();

describe('journals on disk', () => {
  it('hand what a dead process left to the next: every byte, every count, and how far it had come', async () => {
    const { id, report } = await leave(2, (journal) => {
      journal.append({ type: 'intent', step: 'create' });
      journal.append({ type: 'created', dataId: to });
      journal.append({ type: 'opened', dataId: to });
      journal.append(accepted(2)); // and its bytes never came
    });
    const journal = await found(start());
    expect(journal.id).toBe(id);
    expect(journal.asked).toEqual(asked);
    expect(journal.report()).toEqual(report.call(journal));
    expect(journal.report()).toMatchObject({ offered: 6, kept: 6, outcome: 'running', streams: [to] });
    expect(journal.undelivered().map(({ chunk: { index }, isKept }) => [index, isKept])).toEqual([
      [0, true],
      [1, true],
      [2, false],
    ]);
    expect(journal.isDurable).toBe(true);
    expect(journal.recovered).toEqual({
      mayBeOrphaned: false,
      mayContinue: false,
      damage: [],
      stream: { dataId: to, firstIndex: 0, isOpened: true, isEndAsked: false, isEnded: false },
    });
    expect(await bytesOf(journal, 2)).toEqual([0, 1].map((seed) => Buffer.concat(body(seed).parts)));
  });

  it('say that a stream may be left behind, where a process died as it was created', async () => {
    await leave(1, (journal) => done(journal.append({ type: 'intent', step: 'create' })));
    const process = start();
    const journal = await found(process);
    expect(journal.recovered).toEqual({ mayBeOrphaned: true, mayContinue: false, damage: [] });
    journal.append({ type: 'notCreated' });
    await die(process);
    expect((await found(start())).recovered?.mayBeOrphaned).toBe(false);
  });

  it('know the ending of a session that died as it was delivered, and hand out what is left of it', async () => {
    await leave(2, (journal) => {
      journal.append({ type: 'ending', outcome: 'cancelled' });
      journal.append(delivered(0));
    });
    const journal = await found(start());
    expect((await firstValueFrom(journal.ending$)).outcome).toBe('cancelled');
    const left = await lastValueFrom(journal.pending$.pipe(toArray()));
    expect(left.map(({ chunk: { index } }) => index)).toEqual([1]);
  });

  it('sync what an owner may not have synced, before anything is done about it', async () => {
    await leave(1);
    const synced: string[] = [];
    const watched = {
      ...nodeDisk(),
      syncFile: async (path: string) => void synced.push(basename(path)),
      syncDirectory: async (path: string) => void synced.push(basename(path)),
    };
    const { id } = await found(start({ disk: watched }));
    expect(synced.slice(0, 3)).toEqual(['journal.000000', id, 'chunks']);
  });

  it('go on in the same log, death after death', async () => {
    await leave(3);
    for (const index of [0, 1, 2]) {
      const process = start();
      const journal = await found(process);
      expect(journal.undelivered().map((one) => one.chunk.index)).toEqual([0, 1, 2].slice(index));
      await done(journal.append(delivered(index)));
      await die(process);
    }
    expect((await found(start())).report()).toMatchObject({ offered: 6, delivered: 6, kept: 0 });
  });

  it('keep small bodies inside the log', async () => {
    const { id } = await leave(0, async (journal) => {
      journal.append(accepted(0));
      await done(journal.keep(chunk(0), lentBody(1, 2, 3)));
    });
    expect(readdirSync(join(root, 'sessions', id, 'chunks'))).toEqual([]);
    expect(await bytesOf(await found(start()), 1)).toEqual([Buffer.of(1, 2, 3)]);
  });

  it('leave a session alone while its owner lives, and take it over soon after', async () => {
    const owner = start();
    const journal = owner.create(asked);
    await done(journal.append({ type: 'asked', asked }));
    const heir = start();
    expect(await allFound(heir)).toEqual([]);
    const [taken] = await Promise.all([found(heir), die(owner)]);
    expect(taken.id).toBe(journal.id);
  });

  it('hand a session to one process alone, and to each of them once', async () => {
    const { id } = await leave();
    const [one, other] = [start(), start()];
    const hands = await Promise.all([allFound(one), allFound(other)]);
    expect(hands.flat().map((journal) => journal.id)).toEqual([id]);
    const [first, second] = hands[0].length > 0 ? [one, other] : [other, one];
    for (const journal of hands.flat())
      journal.append({ type: 'gaveUp', phase: 'deliver', problem, report: journal.report() });
    expect((await found(second)).id).toBe(id);
    await die(second);
    expect(await allFound(first, 700)).toEqual([]);
  });

  it('leave a session that they gave up themselves to another process', async () => {
    const process = start();
    const journal = process.create(asked);
    journal.append({ type: 'asked', asked });
    journal.append(accepted(0));
    await done(journal.keep(chunk(0), body(0)));
    journal.append({ type: 'gaveUp', phase: 'deliver', problem, report: journal.report() });
    expect(await allFound(process, 700)).toEqual([]);
    expect((await found(start())).id).toBe(journal.id);
  });

  it('have the room again of a session that others have delivered or removed', async () => {
    const { id } = await leave(2);
    const process = start({ endpoint: 'https://elsewhere.example' });
    const looking = process.unfinished$.subscribe();
    await done(timer(200));
    expect(process.spool?.().usedBytes).toBe(20_000);
    rmSync(join(root, 'sessions', id), { recursive: true });
    await done(timer(600));
    expect(process.spool?.().usedBytes).toBe(0);
    looking.unsubscribe();
  });

  it.each([
    ['of another platform', { endpoint: 'https://elsewhere.example' }, () => {}],
    ['of another key, that no platform knows of', { keyPrint: 'another key' }, () => {}],
  ])('leave a session alone that is %s', async (_, other, also) => {
    const { id } = await leave(1, also);
    const warned: string[] = [];
    expect(await allFound(start({ ...other, onWarning: (message) => warned.push(message) }))).toEqual([]);
    expect(warned).toEqual(
      'keyPrint' in other ? [expect.stringContaining(`${id} in the spool was made with another key`)] : [],
    );
    expect((await found(start())).id).toBe(id);
  });

  it('take over a stream of another key: the platform knows whose it is', async () => {
    const { id } = await leave(1, (journal) => journal.append({ type: 'created', dataId: to }));
    expect((await found(start({ keyPrint: 'a new key' }))).id).toBe(id);
  });

  it('leave nothing of a session that was delivered and ended', async () => {
    const { id } = await leave(1, (journal) => {
      journal.append({ type: 'ending', outcome: 'complete' });
      journal.append(delivered(0));
      journal.append({ type: 'closed', dataId: to, report: journal.report() });
    });
    expect(id).toBeDefined();
    expect(sessionsThere()).toEqual([]);
  });

  it('leave nothing of a session that failed before anything was durable', async () => {
    await leave(0, (journal) => {
      journal.append({ type: 'intent', step: 'create' });
      journal.append({ type: 'ending', outcome: 'failed' });
      journal.append({ type: 'gaveUp', phase: 'open', problem, report: journal.report() });
    });
    expect(sessionsThere()).toEqual([]);
  });

  it('keep a session that gave up with something undelivered, or with a stream that has no end', async () => {
    const gaveUp = (journal: SessionJournal) =>
      journal.append({ type: 'gaveUp', phase: 'end', problem, report: journal.report() });
    const one = await leave(1, gaveUp);
    const other = await leave(0, (journal) => {
      journal.append({ type: 'opened', dataId: to });
      gaveUp(journal);
    });
    expect(sessionsThere()).toEqual([one.id, other.id].sort());
    expect((await allFound(start())).map(({ id }) => id).sort()).toEqual([one.id, other.id].sort());
  });

  it('keep dead letters, and take their session up again when somebody asks, with the links that are right', async () => {
    const { id } = await leave(2, (journal) => {
      journal.append({ type: 'ending', outcome: 'complete' });
      journal.append({ type: 'opened', dataId: to });
      journal.append(delivered(0));
      journal.append({ type: 'rejected', chunk: chunk(1), problem });
      journal.append({ type: 'closed', dataId: to, report: journal.report() });
    });
    expect(sessionsThere()).toEqual([id]);
    expect(await allFound(start())).toEqual([]);
    const again = start({ sendAgain: { session: id, links: { physicalSample: 'GaN-002' } } });
    const journal = await found(again);
    expect(journal.asked.options).toEqual({ ...options, physicalSample: 'GaN-002' });
    expect(journal.recovered).toMatchObject({ mayContinue: true, stream: { dataId: to, isEnded: true } });
    expect(journal.report()).toMatchObject({ delivered: 2, rejected: 0, kept: 2, deadLetters: [] });
    expect(await bytesOf(journal, 1)).toEqual([Buffer.concat(body(1).parts)]);
    journal.append(delivered(1));
    journal.append({ type: 'closed', dataId: to, report: journal.report() });
    await die(again);
    expect(sessionsThere()).toEqual([]);
  });

  it('take a session with another key up again only when its user says whose it is', async () => {
    const { id } = await leave();
    const other = { keyPrint: 'another key' };
    expect(await allFound(start({ ...other, sendAgain: { session: id } }))).toEqual([]);
    const adopting = start({ ...other, sendAgain: { session: id, adopt: true } });
    expect((await found(adopting)).id).toBe(id);
    await die(adopting);
    expect((await found(start(other))).id).toBe(id); // it is theirs now
  });

  it('adopt a chunk whose file came to the disk before its record', async () => {
    const { id } = await leave(2);
    const directory = join(root, 'sessions', id);
    const [log] = readdirSync(directory).filter((name) => name.startsWith('journal.'));
    const bytes = readFileSync(join(directory, log!));
    writeFileSync(join(directory, log!), bytes.subarray(0, bytes.lastIndexOf('durable') - 40));
    const journal = await found(start());
    expect(await bytesOf(journal, 2)).toEqual([0, 1].map((seed) => Buffer.concat(body(seed).parts)));
  });

  it('count a chunk whose file is gone as not kept', async () => {
    const { id } = await leave(2);
    const chunks = join(root, 'sessions', id, 'chunks');
    rmSync(join(chunks, readdirSync(chunks).sort()[0]!));
    const journal = await found(start());
    expect(journal.undelivered().map((one) => one.isKept)).toEqual([false, true]);
  });

  it('remove files that are delivered by now, drafts, and sessions on their way out', async () => {
    const { id } = await leave(2);
    const chunks = join(root, 'sessions', id, 'chunks');
    const [first] = readdirSync(chunks).sort();
    const copy = readFileSync(join(chunks, first!));
    const process = start();
    await done((await found(process)).append(delivered(0)));
    await die(process);
    writeFileSync(join(chunks, first!), copy);
    writeFileSync(join(chunks, 'cut.draft'), 'x');
    mkdirSync(join(root, 'sessions', '.0e5d8f5e-3a3b-4c3f-9d8f-4f1f3b8f2a10.gone', 'chunks'), { recursive: true });
    mkdirSync(join(root, 'sessions', '0e5d8f5e-3a3b-4c3f-9d8f-4f1f3b8f2a11', 'chunks'), { recursive: true }); // stillborn
    const heir = start();
    const [journal] = await allFound(heir);
    await die(heir);
    expect(journal?.undelivered().map((one) => one.chunk.index)).toEqual([1]);
    expect(readdirSync(chunks)).toHaveLength(1);
    expect(sessionsThere()).toEqual([id]);
  });

  it('set a damaged chunk aside, and keep its session for its user', async () => {
    const { id } = await leave(1);
    const chunks = join(root, 'sessions', id, 'chunks');
    const file = join(chunks, readdirSync(chunks)[0]!);
    const bytes = readFileSync(file);
    bytes[bytes.length - 5]! ^= 1;
    writeFileSync(file, bytes);
    const process = start();
    const journal = await found(process);
    const error = await bytesOf(journal, 1).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ _tag: 'SpoolError' });
    journal.append({ type: 'lost', chunk: chunk(0), problem });
    journal.append({ type: 'ending', outcome: 'interrupted' });
    journal.append({ type: 'closed', dataId: to, report: journal.report() });
    await die(process);
    expect(readdirSync(join(root, 'sessions', id, 'quarantine'))).toHaveLength(1);
    const real = nodeDisk({ sync: false });
    const busy = () => Promise.reject(Object.assign(new Error('EMFILE'), { code: 'EMFILE' }));
    const list = (path: string) => (path.endsWith('quarantine') ? busy() : real.list(path));
    expect(await allFound(start({ disk: { ...real, list } }))).toEqual([]);
    expect(await allFound(start())).toEqual([]);
    expect(sessionsThere()).toEqual([id]);
  });

  it('set a damaged part of a log aside, name it once, and go on with the rest', async () => {
    const { id } = await leave(2);
    const directory = join(root, 'sessions', id);
    const log = join(directory, readdirSync(directory).find((name) => name.startsWith('journal.'))!);
    const bytes = readFileSync(log);
    bytes[bytes.indexOf('accepted')]! ^= 0x55;
    writeFileSync(log, bytes);
    const process = start();
    const journal = await found(process);
    expect(journal.recovered?.damage).toEqual([{ tag: 'SpoolError', message: expect.stringContaining('journal.') }]);
    expect(await bytesOf(journal, 2)).toHaveLength(2);
    await die(process);
    expect((await found(start())).recovered?.damage).toEqual([]);
  });

  it('go on with the rest of a damaged log when the disk has no room for a copy, and say so', async () => {
    const { id } = await leave(2);
    const directory = join(root, 'sessions', id);
    const log = join(directory, readdirSync(directory).find((name) => name.startsWith('journal.'))!);
    const bytes = readFileSync(log);
    bytes[bytes.indexOf('accepted')]! ^= 0x55;
    writeFileSync(log, bytes);
    const real = nodeDisk({ sync: false });
    const full = () => Promise.reject(Object.assign(new Error('ENOSPC: no room'), { code: 'ENOSPC' }));
    const create = (path: string) => (path.includes('quarantine') ? full() : real.create(path));
    const [journal] = await allFound(start({ disk: { ...real, create } }));
    expect(journal?.recovered?.damage).toEqual([{ tag: 'SpoolError', message: expect.stringContaining('ENOSPC') }]);
    expect(await bytesOf(journal!, 2)).toHaveLength(2);
  });

  it.each(['sessions', 'chunks', 'asked', 'journal.', '.chunk'])(
    'lose nothing of a session while the system has no file left to open %s with, and look again',
    async (name) => {
      const { id } = await leave(2);
      const directory = join(root, 'sessions', id);
      const log = join(directory, readdirSync(directory).find((one) => one.startsWith('journal.'))!);
      const bytes = readFileSync(log);
      writeFileSync(log, bytes.subarray(0, bytes.lastIndexOf('durable') - 40)); // so that a chunk's file is looked into
      const real = nodeDisk({ sync: false });
      let refusals = 1;
      const busy = <Args extends unknown[], A>(act: (path: string, ...args: Args) => Promise<A>) => {
        return (path: string, ...args: Args): Promise<A> => {
          const isRefused = path.includes(name, path.lastIndexOf(sep)) && refusals-- > 0;
          return isRefused
            ? Promise.reject(Object.assign(new Error('EMFILE'), { code: 'EMFILE' }))
            : act(path, ...args);
        };
      };
      const journal = await found(start({ disk: { ...real, list: busy(real.list), read: busy(real.read) } }));
      expect(refusals).toBeLessThanOrEqual(0);
      expect(journal.undelivered().map(({ isKept }) => isKept)).toEqual([true, true]);
      expect(journal.recovered?.damage).toEqual([]);
      expect(await bytesOf(journal, 2)).toEqual([0, 1].map((seed) => Buffer.concat(body(seed).parts)));
    },
  );

  it('leave what they do not understand as it is', async () => {
    const { id } = await leave(1);
    const directory = join(root, 'sessions', id);
    writeFileSync(join(root, 'sessions', 'notes.txt'), 'mine');
    mkdirSync(join(root, 'sessions', 'my folder'));
    writeFileSync(join(directory, 'asked'), 'not a record');
    const log = readdirSync(directory).find((name) => name.startsWith('journal.'))!;
    writeFileSync(join(directory, log), 'not a record either');
    expect(await allFound(start())).toEqual([]);
    expect(sessionsThere()).toEqual([id, 'my folder', 'notes.txt'].sort());
    expect(existsSync(join(directory, 'chunks'))).toBe(true);
  });

  it('wait for room, and go on when a delivery makes some', async () => {
    const process = start({ maxBytes: 15_000 });
    const journal = process.create(asked);
    const told: SessionEvent['type'][] = [];
    journal.events$.subscribe(({ type }) => told.push(type));
    journal.append({ type: 'asked', asked });
    for (const index of [0, 1]) journal.append(accepted(index));
    await done(journal.keep(chunk(0), body(0)));
    const second = done(journal.keep(chunk(1), body(1)));
    expect(await Promise.race([second, done(timer(100))])).toBe(0);
    expect(process.spool?.()).toMatchObject({ dir: root, usedBytes: 10_000, isFull: true });
    journal.append(delivered(0));
    await second;
    expect(told.filter((type) => type === 'durable')).toHaveLength(2);
  });
});

describe('journals on a disk that refuses everything', () => {
  const refusing = { ...nodeDisk(), create: () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' })) };

  it('tell of it, call nothing durable, free the memory when their process leaves, and hold nobody up', async () => {
    const process = start({ disk: refusing, clock: fastClock });
    const journal = process.create(asked);
    const told: string[] = [];
    journal.events$.subscribe((event) => told.push(event.type === 'retrying' ? `retrying ${event.step}` : event.type));
    journal.append({ type: 'asked', asked });
    journal.append(accepted(0));
    const lent = body(0);
    const kept = done(journal.keep(chunk(0), lent));
    await done(timer(100));
    await die(process);
    await kept;
    expect(lent.released).toBe(1);
    expect(told).toEqual(expect.arrayContaining(['asked', 'accepted', 'retrying spool']));
    expect(told).not.toContain('durable');
  });
});

describe('journals on a disk that does not answer', () => {
  it('give a session back that the disk made too late', async () => {
    const real = nodeDisk({ sync: false });
    const create = async (path: string) => {
      await done(timer(400));
      return real.create(path);
    };
    const process = start({ disk: { ...real, create }, clock: fastClock });
    const { id } = process.create(asked);
    await die(process);
    await done(timer(900));
    const release = await lockDirectory(join(root, 'sessions'), id);
    expect(release).toBeDefined();
    await release?.();
  });

  it('do not wait for it for ever when they are closed as they take a session over', async () => {
    await leave(1);
    const silent = { ...nodeDisk({ sync: false }), read: () => new Promise<never>(() => {}) };
    const process = start({ disk: silent, clock: fastClock });
    const looking = process.unfinished$.subscribe();
    await done(timer(100));
    looking.unsubscribe();
    expect(await done(race(die(process), timer(1500)))).toBeUndefined();
  });
});
