import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import type { Disk } from '../../src/files/disk.js';
import { lockDirectory } from '../../src/files/lockDirectory.js';
import { nodeDisk } from '../../src/files/nodeDisk.js';
import { hostClock } from '../../src/flow/hostClock.js';
import type { Pending, SessionJournal } from '../../src/journal/sessionJournal.js';
import type { Asked } from '../../src/model/asked.js';
import type { EncodedChunk } from '../../src/model/encodedChunk.js';
import type { SessionId } from '../../src/model/identifiers.js';
import { DiskJournal } from '../../src/spool/diskJournal.js';
import { SessionContents } from '../../src/spool/sessionContents.js';
import { SessionDirectory } from '../../src/spool/sessionDirectory.js';
import { Space } from '../../src/spool/space.js';
import { askedPoints, growingChunkContract } from '../journal/growingChunkContract.js';
import { type LentBody, lentBody } from '../journal/lentBody.js';
import { accepted, chunk, delivered, sessionJournalContract } from '../journal/sessionJournalContract.js';

const root = mkdtempSync(join(tmpdir(), 'spool-'));
const made: DiskJournal[] = [];
afterAll(async () => {
  await Promise.all(made.map((journal) => journal.leave()));
  rmSync(root, { recursive: true, force: true });
});

const asked = { kind: 'rheed', options: { fps: 1, rotationsPerMin: 0, chunkSize: 2 } } as const;
const files = nodeDisk({ sync: false });
let reads = 0;
let removes = true;
const disk: Disk = {
  ...files,
  remove: (path) =>
    path.endsWith('.chunk') && !removes ? Promise.reject(new Error('a scanner has it open')) : files.remove(path),
  read: (path, part) => {
    if (path.endsWith('.chunk')) reads++;
    return files.read(path, part);
  },
};

const make = (wallMs = () => 0, found?: SessionContents) => makeOf(asked, wallMs, found);
const makeOf = (asked: Asked, wallMs = () => 0, found?: SessionContents) => {
  const clock = { ...hostClock, wallMs };
  const id = globalThis.crypto.randomUUID() as string as SessionId;
  const place = { root, disk, lock: lockDirectory, clock };
  const journal = new DiskJournal(asked, {
    directory: SessionDirectory.make(id, place, { endpoint: 'http://127.0.0.1' }, asked),
    space: new Space({ ...place, maxBytes: Number.POSITIVE_INFINITY, minFreeBytes: 0 }),
    clock,
    ...(found === undefined ? {} : { found }),
  });
  made.push(journal);
  return journal;
};

sessionJournalContract('a journal on disk', make);
growingChunkContract('a journal on disk', (wallMs) => makeOf(askedPoints, wallMs));

/** Too much for the log: it gets a file. */
const large = (first: number): LentBody => lentBody(first, ...new Array<number>(9000).fill(7));

/** Accepts a chunk and has it kept; tells when memory is free of it. */
const keepLarge = (journal: SessionJournal, index: number) => {
  const body = large(index);
  journal.append(accepted(index));
  let isFree = false;
  const kept$ = journal.keep(chunk(index), body);
  kept$.subscribe({
    complete: () => {
      isFree = true;
    },
  });
  return { body, kept: lastValueFrom(kept$, { defaultValue: undefined }), isFree: () => isFree };
};

/** Attempts that begin as soon as a chunk is handed out, and are over when the spec says so. */
const attempts = (journal: SessionJournal) => {
  const begun: { readonly pending: Pending; readonly body: Promise<EncodedChunk> }[] = [];
  journal.pending$.subscribe((pending) => begun.push({ pending, body: firstValueFrom(pending.body()) }));
  const durable = async (count: number) => {
    while (begun.length < count) await new Promise(setImmediate);
    return begun[count - 1]!;
  };
  return durable;
};

const firstOf = ({ parts }: EncodedChunk) => Buffer.concat(parts)[0];

describe('the bytes of a chunk that has just become durable', () => {
  it('serve the attempt that begins at once, and stay in memory for as long', async () => {
    reads = 0;
    const journal = make();
    const attempt = attempts(journal);
    const { body, kept, isFree } = keepLarge(journal, 3);
    const { pending, body: taken } = await attempt(1);
    const [bytes, more] = [await taken, await firstValueFrom(pending.body())];
    expect([firstOf(bytes), bytes.byteLength, bytes.dims, reads]).toEqual([3, 9001, body.dims, 0]);
    bytes.release();
    bytes.release(); // once too often
    await new Promise(setImmediate);
    expect([body.released, isFree()]).toEqual([0, false]);
    more.release();
    await kept;
    expect(body.released).toBe(1);
  });

  it('are read back by the next attempt', async () => {
    reads = 0;
    const journal = make();
    const attempt = attempts(journal);
    keepLarge(journal, 3);
    const { pending, body } = await attempt(1);
    (await body).release();
    const again = await firstValueFrom(pending.body());
    expect([firstOf(again), again.byteLength, reads]).toEqual([3, 9001, 1]);
  });

  it('leave memory when no attempt begins at once', async () => {
    reads = 0;
    const journal = make();
    const pending = firstValueFrom(journal.pending$);
    const { body, kept } = keepLarge(journal, 3);
    await kept;
    expect(body.released).toBe(1);
    expect([firstOf(await firstValueFrom((await pending).body())), reads]).toEqual([3, 1]);
  });

  it('leave memory while those of an earlier chunk are still there', async () => {
    reads = 0;
    const journal = make();
    const attempt = attempts(journal);
    const first = keepLarge(journal, 0);
    const slow = await (await attempt(1)).body;
    const second = keepLarge(journal, 1);
    await second.kept;
    expect([firstOf(await (await attempt(2)).body), reads]).toEqual([1, 1]);
    expect([first.body.released, second.body.released]).toEqual([0, 1]);
    slow.release();
    const third = keepLarge(journal, 2);
    expect([firstOf(await (await attempt(3)).body), reads]).toEqual([2, 1]);
    expect([first.body.released, third.body.released]).toEqual([1, 0]);
  });
});

describe('a journal on disk', () => {
  it('has no more to deliver after its ending, although the disk does not let go of what is delivered', async () => {
    removes = false;
    const journal = make();
    const pending = lastValueFrom(journal.pending$.pipe(toArray()));
    journal.append({ type: 'asked', asked });
    await keepLarge(journal, 0).kept;
    await lastValueFrom(journal.append(delivered(0)), { defaultValue: undefined });
    journal.append({ type: 'ending', outcome: 'complete' });
    const over = pending.finally(() => {
      removes = true;
    });
    expect(await over).toHaveLength(1);
  });

  it('remembers nothing that a camera told of its frames: those of an outage of days are many', () => {
    const frames = [{ width: 4, height: 3, format: 'gray8', capturedAt: 1.5 } as const];
    const found = new SessionContents('found' as SessionId);
    found.add({ type: 'asked', asked }, 0);
    const told = (index: number) => ({
      type: 'accepted' as const,
      chunk: chunk(index),
      time: { startMs: 0, timeBase: 'host' } as const,
      frames,
    });
    found.add(told(0), 0);
    const journal = make(undefined, found);
    journal.append(told(1));
    expect([...found.undelivered.values()].map((spooled) => 'frames' in spooled)).toEqual([false, false]);
  });
});
