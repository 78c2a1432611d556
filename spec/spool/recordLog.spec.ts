import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstValueFrom, timer } from 'rxjs';
import { nodeDisk } from '../../src/files/nodeDisk.js';
import { hostClock } from '../../src/flow/hostClock.js';
import { SpoolError } from '../../src/model/errors.js';
import { readLog } from '../../src/spool/readLog.js';
import { RecordLog, type RecordLogOptions } from '../../src/spool/recordLog.js';
import type { LogEntry } from '../../src/spool/recordShapes.js';
import { Reserve } from '../../src/spool/reserve.js';
import type { ModelDisk } from '../files/modelDisk.js';
import { ManualClock, settled } from './manualClock.js';
import { WatchedDisk } from './watchedDisk.js';

/** Told apart by its name, and longer than a small failed write leaves. */
const line = (name: string): LogEntry => ({ type: 'orphaned', streamName: name, problem: { tag: 'T', message: '' } });

interface Logging<D extends ModelDisk> {
  readonly log: RecordLog;
  readonly disk: D;
  readonly clock: ManualClock;
  /** What was appended and is safe, as it was told. */
  readonly safe: string[];
  readonly troubles: [string, number][];
  /** Appends a line. */
  say(name: string, when?: 'now' | 'soon'): Promise<void>;
  /** What the disk has. */
  stored(): Promise<string[]>;
}

const linesIn = async (disk: ModelDisk): Promise<string[]> => {
  const { records, damage } = await readLog(disk, '/s');
  expect(damage).toEqual([]);
  return records.map(({ said }) => (said.type === 'orphaned' ? said.streamName : said.type));
};

const logOn = <D extends ModelDisk>(
  disk: D,
  options: Partial<RecordLogOptions> = {},
  clock = new ManualClock(),
): Logging<D> => {
  const troubles: [string, number][] = [];
  const onTrouble = (error: unknown, inMs: number) => troubles.push([(error as { code: string }).code, inMs]);
  const log = new RecordLog(disk, '/s', { nextSeq: 0, clock, onTrouble, ...options });
  const safe: string[] = [];
  return {
    log,
    disk,
    clock,
    safe,
    troubles,
    say: (name, when = 'now') =>
      log.append(line(name), 0, when).then(() => {
        safe.push(name);
      }),
    stored: () => linesIn(disk),
  };
};

/** Something that is held up until it is let go. */
const gate = () => {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
};

describe('RecordLog', () => {
  it('writes nothing before there is something to write', async () => {
    const { log, disk, clock } = logOn(new WatchedDisk());
    await clock.until(log.close());
    expect(disk.calls).toEqual([]);
  });

  it('writes a record, syncs it and the name of its segment, and then calls it safe', async () => {
    const { log, disk, safe, say, stored } = logOn(new WatchedDisk());
    const { passed, open } = gate();
    disk.waits = (kind) => (kind === 'syncDirectory' ? passed : undefined);
    void say('a');
    await settled();
    expect(disk.calls).toEqual([
      'create journal.000000',
      'write journal.000000',
      'sync journal.000000',
      'syncDirectory s',
    ]);
    expect(safe).toEqual([]);
    open();
    await settled();
    expect(safe).toEqual(['a']);
    expect(await stored()).toEqual(['a']);
    await log.close();
  });

  it('syncs the name once, and each commit after that once', async () => {
    const { disk, say } = logOn(new WatchedDisk());
    for (const name of ['a', 'b', 'c']) await say(name);
    expect({ sync: disk.count('sync'), names: disk.count('syncDirectory'), files: disk.count('create') }).toEqual({
      sync: 3,
      names: 1,
      files: 1,
    });
  });

  it('numbers records on from where it is told to, and gives them their time', async () => {
    const { log, disk } = logOn(new WatchedDisk(), { nextSeq: 41 });
    await Promise.all([log.append(line('a'), 1.5, 'now'), log.append(line('b'), 3, 'now')]);
    const { records, nextSeq } = await readLog(disk, '/s');
    expect(records.map(({ seq, at }) => [seq, at])).toEqual([
      [41, 1.5],
      [42, 3],
    ]);
    expect(nextSeq).toBe(43);
  });

  it('begins a segment that is nobody else’s', async () => {
    const theirs = Uint8Array.of(1);
    const disk = new WatchedDisk({ 'journal.000004': theirs, 'journal.000005': theirs });
    const { say, troubles } = logOn(disk, { nextSegment: 4 });
    await say('a');
    expect(await disk.namesIn()).toEqual(['journal.000004', 'journal.000005', 'journal.000006']);
    for (const number of [4, 5]) expect(await disk.read(`/s/journal.00000${number}`)).toEqual(theirs);
    expect(troubles).toEqual([]);
  });

  it('begins the next segment when one has become large', async () => {
    const { disk, say, stored } = logOn(new WatchedDisk(), { segmentBytes: 200 });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await say(name);
    expect(disk.calls.filter((call) => /create|close/.test(call))).toEqual([
      'create journal.000000',
      'close journal.000000',
      'create journal.000001',
      'close journal.000001',
    ]);
    expect(await stored()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('writes the same on a real disk, where the next process goes on', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'epistream-log-'));
    const disk = nodeDisk();
    const onTrouble = (error: unknown) => {
      throw error;
    };
    for (const names of [['a', 'b'], ['c']]) {
      const { nextSeq, nextSegment } = await readLog(disk, directory);
      const log = new RecordLog(disk, directory, { nextSeq, nextSegment, clock: hostClock, onTrouble });
      await Promise.all(names.map((name) => log.append(line(name), 0, 'soon')));
      await log.close();
    }
    const { records, damage, tornBytes } = await readLog(disk, directory);
    expect(records.map(({ seq, said }) => [seq, said])).toEqual(['a', 'b', 'c'].map((name, i) => [i, line(name)]));
    expect({ damage, tornBytes }).toEqual({ damage: [], tornBytes: 0 });
    expect((await readdir(directory)).sort()).toEqual(['journal.000000', 'journal.000001']);
    await rm(directory, { recursive: true });
  });

  it('refuses what it cannot encode, and goes on', async () => {
    const { log, say, stored } = logOn(new WatchedDisk());
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    await expect(log.append({ ...line('x'), problem: cyclic } as never, 0, 'now')).rejects.toThrow(RangeError);
    await say('a');
    expect(await stored()).toEqual(['a']);
  });
});

describe('A commit', () => {
  it('takes all that was appended in one go', async () => {
    const { disk, safe, say } = logOn(new WatchedDisk());
    await Promise.all(['a', 'b', 'c'].map((name) => say(name)));
    expect(disk.count('sync')).toBe(1);
    expect(safe).toEqual(['a', 'b', 'c']);
  });

  it('waits 20 ms for records that are not urgent, from the first of them on', async () => {
    const { disk, clock, safe, say } = logOn(new WatchedDisk());
    void say('a', 'soon');
    await clock.pass(15);
    void say('b', 'soon');
    await clock.pass(4);
    expect(disk.calls).toEqual([]);
    await clock.pass(1);
    expect(safe).toEqual(['a', 'b']);
    expect(disk.count('sync')).toBe(1);
    await clock.pass(100);
    expect(disk.count('sync')).toBe(1);
  });

  it('waits no longer when an urgent one comes, and takes it along', async () => {
    const { disk, clock, safe, say } = logOn(new WatchedDisk());
    void say('a', 'soon');
    await clock.pass(5);
    void say('b', 'now');
    await settled();
    expect(safe).toEqual(['a', 'b']);
    expect(disk.count('sync')).toBe(1);
    void say('c', 'soon');
    await clock.pass(19);
    expect(disk.count('sync')).toBe(1);
    await clock.pass(1);
    expect(safe).toEqual(['a', 'b', 'c']);
  });

  it('under way collects the next', async () => {
    const { disk, safe, say } = logOn(new WatchedDisk());
    const { passed, open } = gate();
    disk.waits = (kind) => (kind === 'sync' ? passed : undefined);
    void say('a');
    await settled();
    for (const name of ['b', 'c', 'd']) void say(name, name === 'c' ? 'soon' : 'now');
    await settled();
    expect([safe, disk.count('write')]).toEqual([[], 1]);
    open();
    await settled();
    expect(safe).toEqual(['a', 'b', 'c', 'd']);
    expect(disk.count('sync')).toBe(2);
  });

  it('under way leaves what is not urgent its 20 ms', async () => {
    const { disk, clock, safe, say } = logOn(new WatchedDisk());
    const { passed, open } = gate();
    disk.waits = (kind) => (kind === 'sync' ? passed : undefined);
    void say('a');
    await settled();
    void say('b', 'soon');
    await clock.pass(10);
    open();
    await settled();
    void say('c', 'soon');
    await clock.pass(9);
    expect(safe).toEqual(['a']);
    await clock.pass(1);
    expect(safe).toEqual(['a', 'b', 'c']);
  });

  it('that had to be made again leaves the next record its 20 ms, and no more', async () => {
    const { disk, clock, safe, say } = logOn(new WatchedDisk());
    const { passed, open } = gate();
    disk.waits = (kind) => (kind === 'write' ? passed : undefined);
    disk.fails = (kind, nth) => (kind === 'write' && nth === 1 ? 'EIO' : undefined);
    void say('a');
    await settled();
    void say('b', 'soon');
    open();
    await clock.pass(500);
    expect(safe).toEqual(['a', 'b']);
    void say('c', 'soon');
    await clock.pass(19);
    expect(safe).toEqual(['a', 'b']);
    await clock.pass(1);
    expect(safe).toEqual(['a', 'b', 'c']);
  });

  it('costs a burst of a thousand records a few syncs', async () => {
    const { disk, clock, safe, say } = logOn(new WatchedDisk());
    disk.waits = (kind) => (kind === 'sync' ? firstValueFrom(timer(5, clock.scheduler)) : undefined);
    for (let i = 0; i < 1000; i++) {
      void say(String(i), i % 100 === 0 ? 'now' : 'soon');
      if (i % 10 === 0) await clock.pass(1);
    }
    for (let ms = 0; ms < 50; ms++) await clock.pass(1);
    expect(safe).toEqual(Array.from({ length: 1000 }, (_, i) => String(i)));
    expect(disk.count('sync')).toBeLessThan(25);
  });
});

describe('After a failure', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const steps = ['create', 'write', 'sync', 'syncDirectory'] as const;

  it.each(steps.flatMap((step) => [1, 2, 3, 4, 5, 6].map((nth) => [step, nth] as const)))(
    'of %s number %i nothing is lost, doubled or out of order, also if the power goes',
    async (step, nth) => {
      let failures = 0;
      for (const segmentBytes of [1, 250, 1e6]) {
        const { log, disk, clock, safe, say, stored, troubles } = logOn(new WatchedDisk(), { segmentBytes });
        disk.fails = (one, count) => (one === step && count === nth ? 'EIO' : undefined);
        for (const name of names) await clock.until(say(name));
        await clock.until(log.close());
        disk.heal();
        expect(safe).toEqual(names);
        expect(await stored()).toEqual(names);
        for (const luck of [0, 0.2, 0.5, 0.7, 0.99]) expect(await linesIn(disk.crash(() => luck))).toEqual(names);
        failures += troubles.length;
      }
      expect(failures).toBeGreaterThan(0);
    },
  );

  it.each(steps)('of every second %s nothing is lost either', async (step) => {
    const { disk, clock, safe, say } = logOn(new WatchedDisk(), { segmentBytes: 250 });
    disk.fails = (one, count) => (one === step && count % 2 === 1 ? 'EIO' : undefined);
    const all = Promise.all(names.map((name) => say(name)));
    await clock.until(all, 1000);
    expect(safe).toEqual(names);
    expect(await linesIn(disk.crash(() => 0))).toEqual(names);
  });

  it('the file is never touched again, but to close it and, with nothing safe in it, to remove it', async () => {
    const { disk, clock, say } = logOn(new WatchedDisk());
    disk.fails = (kind, nth) => (kind === 'sync' && nth !== 2 ? 'EIO' : undefined);
    void say('a');
    await clock.pass(500);
    void say('b');
    await settled();
    expect(disk.calls).toEqual([
      'create journal.000000',
      'write journal.000000',
      'sync journal.000000',
      'close journal.000000',
      'remove journal.000000',
      'create journal.000001',
      'write journal.000001',
      'sync journal.000001',
      'syncDirectory s',
      'write journal.000001',
      'sync journal.000001',
      'close journal.000001', // and stays: `a` is safe there
    ]);
  });

  it('a segment that cannot be removed either does no harm', async () => {
    const { disk, clock, say, stored, troubles } = logOn(new WatchedDisk());
    disk.fails = (kind, nth) => (kind === 'remove' || (kind === 'syncDirectory' && nth === 1) ? 'EBUSY' : undefined);
    await clock.until(say('a'));
    expect(await disk.namesIn()).toEqual(['journal.000000', 'journal.000001']);
    expect(await stored()).toEqual(['a']);
    expect(troubles).toEqual([['EBUSY', 500]]);
  });

  it('it waits 0.5 s, then twice as long each time up to 5 s, and begins again after a success', async () => {
    const { disk, clock, safe, say, troubles } = logOn(new WatchedDisk());
    disk.fails = (kind) => (kind === 'create' || kind === 'write' ? 'EROFS' : undefined);
    void say('a');
    await clock.pass(499);
    expect(disk.count('create')).toBe(1);
    await clock.pass(1);
    expect(disk.count('create')).toBe(2);
    await clock.pass(999);
    expect(disk.count('create')).toBe(2);
    void say('b'); // hurries nothing
    await clock.pass(0);
    expect(disk.count('create')).toBe(2);
    for (let i = 0; i < 20; i++) await clock.pass(1000);
    const waits = [500, 1000, 2000, 4000, 5000, 5000];
    expect(troubles.slice(0, 6)).toEqual(waits.map((inMs) => ['EROFS', inMs]));
    disk.fails = () => undefined;
    await clock.pass(5000);
    expect(safe).toEqual(['a', 'b']);
    disk.fails = (kind) => (kind === 'sync' ? 'EIO' : undefined);
    void say('c');
    await settled();
    expect(troubles.at(-1)).toEqual(['EIO', 500]);
  });

  it('what came in the meantime goes with the next attempt, in order', async () => {
    const { disk, clock, safe, say } = logOn(new WatchedDisk());
    disk.fails = (kind, nth) => (kind === 'write' && nth === 1 ? 'EIO' : undefined);
    void say('a');
    await clock.pass(100);
    void say('b', 'soon');
    void say('c', 'now');
    await clock.pass(399);
    expect(safe).toEqual([]);
    await clock.pass(1);
    expect(safe).toEqual(['a', 'b', 'c']);
    expect(disk.count('sync')).toBe(1);
  });
});

describe('On a full disk', () => {
  const withReserve = async (room: number) => {
    const disk = new WatchedDisk();
    const clock = new ManualClock();
    const reserve = new Reserve(disk, '/s/reserve', clock);
    await disk.leave(room);
    expect(await reserve.take()).toBe(true);
    return logOn(disk, { reserve }, clock);
  };

  it('the reserve is given up, and the record written at once', async () => {
    const { disk, clock, safe, say, stored, troubles } = await withReserve(65_536 + 200);
    await say('a');
    const long = 'x'.repeat(300);
    void say(long);
    await clock.pass(0);
    expect(troubles).toEqual([['ENOSPC', 0]]);
    expect(safe).toEqual(['a', long]);
    expect(await stored()).toEqual(['a', long]);
    expect(await disk.namesIn()).not.toContain('reserve');
  });

  it('alone: another failure leaves the reserve where it is', async () => {
    const { disk, clock, say, troubles } = await withReserve(1e6);
    disk.fails = (kind) => (kind === 'sync' && troubles.length === 0 ? 'EIO' : undefined);
    await clock.until(say('a'));
    expect(troubles).toEqual([['EIO', 500]]);
    expect(await disk.namesIn()).toContain('reserve');
  });

  it('and no reserve any more, it waits for room', async () => {
    const { disk, clock, safe, say, troubles } = await withReserve(65_536);
    void say('a');
    await clock.pass(0);
    expect(safe).toEqual(['a']);
    await disk.leave(10);
    void say('b');
    await clock.pass(600);
    expect(troubles).toEqual([
      ['ENOSPC', 0],
      ['ENOSPC', 500],
      ['ENOSPC', 1000],
    ]);
    await disk.leave(1e6);
    await clock.pass(1000);
    expect(safe).toEqual(['a', 'b']);
  });

  it('the reserve is taken again after a success, once there is room', async () => {
    const { disk, clock, say } = await withReserve(65_536);
    void say('a');
    await clock.pass(4999);
    await say('b');
    expect(await disk.namesIn()).not.toContain('reserve');
    await clock.pass(1);
    await say('c'); // asks for it, and there is no room
    expect(disk.count('create')).toBe(4);
    await settled();
    expect(await disk.namesIn()).not.toContain('reserve');
    await disk.leave(1e6);
    await clock.pass(4999);
    await say('d');
    await settled();
    expect(await disk.namesIn()).not.toContain('reserve');
    await clock.pass(1);
    await say('e');
    await settled();
    expect((await disk.read('/s/reserve')).length).toBe(65_536);
  });

  it('nothing is lost whichever write is the first that does not fit', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `${i}${'·'.repeat(i * 7)}`);
    for (let room = 0; room < 1500; room += 37) {
      const { disk, clock, safe, say, stored } = await withReserve(65_536 + room);
      for (const name of names) void say(name);
      await clock.pass(100);
      await disk.leave(1e6);
      await clock.pass(5000);
      expect(safe).toEqual(names);
      expect(await stored()).toEqual(names);
    }
  });
});

describe('Closing a log', () => {
  it('writes what waits at once, and closes the file', async () => {
    const { log, disk, safe, say } = logOn(new WatchedDisk());
    void say('a', 'soon');
    await log.close();
    expect(safe).toEqual(['a']);
    expect(disk.calls.slice(-2)).toEqual(['syncDirectory s', 'close journal.000000']);
    expect(log.close(1)).toBe(log.close());
    expect(disk.count('close')).toBe(1);
  });

  it('waits for the commit that is under way, and for what came after it', async () => {
    const { log, disk, safe, say } = logOn(new WatchedDisk());
    const { passed, open } = gate();
    disk.waits = (kind) => (kind === 'sync' ? passed : undefined);
    void say('a');
    await settled();
    void say('b', 'soon');
    let isClosed = false;
    void log.close().then(() => {
      isClosed = true;
    });
    await settled();
    expect([isClosed, safe]).toEqual([false, []]);
    open();
    await settled();
    expect([isClosed, safe]).toEqual([true, ['a', 'b']]);
    expect(disk.calls.at(-1)).toBe('close journal.000000');
  });

  it('takes nothing more', async () => {
    const { log, disk, say } = logOn(new WatchedDisk());
    await log.close();
    await expect(say('a')).rejects.toThrow(SpoolError);
    expect(disk.calls).toEqual([]);
  });

  it('tries once more at once, and then as long as there is patience', async () => {
    const { log, disk, clock, say, troubles } = logOn(new WatchedDisk());
    disk.fails = (kind) => (kind === 'create' ? 'EIO' : undefined);
    const refused = expect(say('a')).rejects.toMatchObject({ _tag: 'SpoolError', context: { path: '/s' } });
    await settled();
    expect(troubles).toHaveLength(1);
    let isClosed = false;
    void log.close(3500).then(() => {
      isClosed = true;
    });
    await clock.pass(0);
    expect(troubles).toHaveLength(2);
    await clock.pass(1000);
    expect(troubles).toHaveLength(3);
    await clock.pass(2000);
    expect(troubles).toHaveLength(4);
    await clock.pass(499);
    expect(isClosed).toBe(false);
    await clock.pass(1);
    expect(isClosed).toBe(true);
    await refused;
    expect(clock.scheduler.actions).toEqual([]); // which would keep a process alive
    await clock.pass(60_000);
    expect(troubles).toHaveLength(4);
  });

  it('waits as long as it takes without a bound', async () => {
    const { log, disk, clock, safe, say } = logOn(new WatchedDisk());
    disk.fails = (kind) => (kind === 'sync' ? 'EIO' : undefined);
    void say('a');
    const closed = log.close();
    for (let i = 0; i < 100; i++) await clock.pass(5000);
    expect(safe).toEqual([]);
    disk.fails = () => undefined;
    await clock.until(closed, 1000);
    expect(safe).toEqual(['a']);
  });

  it('leaves a disk that answers nothing, and closes the file when it does', async () => {
    const { log, disk, clock, say } = logOn(new WatchedDisk());
    const { passed, open } = gate();
    disk.waits = (kind) => (kind === 'sync' ? passed : undefined);
    const refused = expect(say('a')).rejects.toThrow(SpoolError);
    await clock.until(log.close(100));
    await refused;
    expect(disk.count('close')).toBe(0);
    disk.fails = (kind) => (kind === 'sync' ? 'EIO' : undefined);
    open();
    await settled();
    expect(disk.count('close')).toBe(1);
    expect(clock.scheduler.actions).toEqual([]);
  });

  it('makes no rejection that nobody handles', async () => {
    const { log, disk, clock } = logOn(new WatchedDisk());
    disk.fails = () => 'EIO';
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    void log.append(line('a'), 0, 'now');
    await clock.until(log.close(10));
    void log.append(line('b'), 0, 'now');
    await settled();
    await settled();
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });
});

describe('A crash at any point', () => {
  const act = fc.oneof(
    fc.record({ act: fc.constant('say' as const), when: fc.constantFrom('now' as const, 'soon' as const) }),
    fc.record({ act: fc.constant('pass' as const), ms: fc.constantFrom(1, 20, 600, 5000) }),
  );
  const life = fc.record({
    acts: fc.array(act, { minLength: 1, maxLength: 25 }),
    /** These fail. */
    faults: fc.array(
      fc.tuple(fc.constantFrom('create', 'write', 'sync', 'syncDirectory', 'close', 'remove'), fc.nat(12)),
      { maxLength: 6 },
    ),
    /** After so many calls the disk answers with errors only, or no more. */
    crash: fc.oneof(fc.nat(40), fc.constant(1000)),
    isSilent: fc.boolean(),
    /** A sync takes a while, in which more is said. */
    syncMs: fc.constantFrom(0, 3),
    /** The power goes, too. */
    isPowerCut: fc.constantFrom(true, true, false),
    luck: fc.array(fc.nat(99), { minLength: 5, maxLength: 20 }),
  });

  it('leaves what was safe, in order and once, however often it happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async (lives) => {
        const watched = new WatchedDisk();
        let disk: ModelDisk = watched; // what a crash leaves is watched by the first one
        const promised: string[] = [];
        let said = 0;
        for (const { acts, isPowerCut, luck, ...illness } of lives) {
          watched.heal();
          const { nextSeq, nextSegment } = await readLog(disk, '/s');
          const { clock, safe, say } = logOn(disk, { nextSeq, nextSegment, segmentBytes: 300 });
          watched.sicken({ ...illness, clock });
          for (const one of acts) {
            if (one.act === 'say') void say(String(said++), one.when);
            else await clock.pass(one.ms);
          }
          await clock.pass(20);
          promised.push(...safe);
          let drawn = 0;
          disk = isPowerCut ? disk.crash(() => (luck[drawn++ % luck.length] ?? 0) / 100) : disk.kill();
        }
        watched.heal();
        const left = await linesIn(disk);
        expect(left.filter((name) => promised.includes(name))).toEqual(promised);
        expect(left).toEqual([...left].sort((one, other) => Number(one) - Number(other)));
        expect(new Set(left).size).toBe(left.length);
      }),
      { numRuns: 300 },
    );
  });
});
