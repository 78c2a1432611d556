import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChunkRef } from '../../src/model/chunkRef.js';
import type { DataId, SessionId } from '../../src/model/identifiers.js';
import type { LogEntry } from '../../src/spool/recordShapes.js';
import { SessionContents } from '../../src/spool/sessionContents.js';
import { askedPoints, revision } from '../journal/growingChunkContract.js';

const to = 'stream-1' as DataId;
const problem = { tag: 'IngestError', message: 'send: answered 422', status: 422 };
const ga = (number: number, items: number, index = 0) => revision('Ga', index, number, items);
const asked: LogEntry = { type: 'asked', asked: askedPoints };
const ending: LogEntry = { type: 'ending', outcome: 'complete' };
const time = { startMs: 0, timeBase: 'host' } as const;

const textOf = ({ channel = '', index, revision }: ChunkRef) => `${channel}/${index}:${revision};`;
const body = (chunk: ChunkRef): LogEntry => {
  return { type: 'body', chunk, time, dims: [chunk.items], bytes: Buffer.from(textOf(chunk)) };
};
const delivered = (chunk: ChunkRef, as = chunk.index): LogEntry => ({ type: 'delivered', chunk, to, as });
const rejected = (chunk: ChunkRef): LogEntry => ({ type: 'rejected', chunk, problem });
const durable = (chunk: ChunkRef, file: string): LogEntry => ({ type: 'durable', chunk, bytes: 99, file, crc: 1 });

const contentsOf = (...records: readonly LogEntry[]): SessionContents => {
  const contents = new SessionContents('session' as SessionId);
  for (const [at, record] of [asked, ...records].entries()) contents.add(record, at);
  return contents;
};
const bytesIn = ({ undelivered }: SessionContents, name = 'Ga/0') => {
  const bytes = undelivered.get(name)?.body?.bytes;
  return bytes && Buffer.from(bytes).toString();
};
const tableOf = ({ report }: SessionContents) => {
  const { offered, delivered, kept, rejected, lost } = report;
  return { offered, delivered, kept, rejected, lost };
};

describe('the contents of a session of channels', () => {
  it('have a chunk once, with the bytes of all its revisions, also of those that are delivered', () => {
    const contents = contentsOf(body(ga(0, 2)), body(ga(1, 3)), delivered(ga(0, 2)), body(ga(2, 1)));
    expect([...contents.undelivered.values()]).toEqual([
      {
        chunk: ga(2, 4),
        time,
        acceptedAt: 2,
        body: { dims: [6], bytes: expect.anything() },
        bytes: 3 * textOf(ga(0, 2)).length,
      },
    ]);
    expect(bytesIn(contents)).toBe('Ga/0:0;Ga/0:1;Ga/0:2;');
    expect(contents.isDurable).toBe(true);
  });

  it('hold the bytes of what is delivered while it may grow, and no longer', () => {
    const settled = [body(ga(0, 2)), delivered(ga(0, 2))];
    const done: string[] = [];
    const length = textOf(ga(0, 2)).length;
    const contents = contentsOf(...settled);
    contents.onDone = ({ whole }) => done.push(`${whole.channel}/${whole.index}`);
    expect([contents.heldBytes, contents.bytes, contents.undelivered.size]).toEqual([length, length, 0]);
    contents.add(body(ga(0, 1, 1)), 9);
    expect([contents.heldBytes, done]).toEqual([length, ['Ga/0']]);
    contents.add(delivered(ga(0, 1, 1)), 10);
    contents.add(ending, 11);
    contents.growNoMore();
    expect([contents.heldBytes, contents.bytes, done]).toEqual([0, 0, ['Ga/0', 'Ga/1']]);
  });

  it('need nothing of the last chunk, once it is delivered, of a session that is sent again', () => {
    const contents = contentsOf(body(ga(0, 2)), rejected(ga(0, 2)), ending);
    contents.growNoMore();
    for (const said of [asked, { type: 'retried', chunk: ga(0, 2) } as const, delivered(ga(0, 2))])
      contents.add(said, 9);
    expect([contents.chunk(ga(0, 2)), contents.bytes, contents.heldBytes]).toEqual([undefined, 0, 0]);
  });

  it('have points that were accepted before the ending, and came into the log after it', () => {
    const contents = contentsOf(body(ga(0, 2)), delivered(ga(0, 2)), ending, body(ga(1, 3)));
    contents.growNoMore();
    expect(contents.undelivered.get('Ga/0')).toMatchObject({ chunk: ga(1, 3), body: { dims: [5] } });
  });

  it('send nothing at a place that is not its own, when damage has taken a revision: what comes after it is lost', () => {
    const contents = contentsOf(body(ga(0, 2)), body(ga(2, 4)), body(ga(3, 1)));
    expect(contents.undelivered.get('Ga/0')).toMatchObject({ chunk: ga(0, 2), unkept: ga(3, 5) });
    expect(bytesIn(contents)).toBe('Ga/0:0;');
    contents.add({ type: 'lost', chunk: ga(3, 5), problem }, 9);
    expect(contents.undelivered.get('Ga/0')).not.toHaveProperty('unkept');
    expect(tableOf(contents)).toEqual({ offered: 7, delivered: 0, kept: 2, rejected: 0, lost: 5 });
    contents.add({ type: 'lost', chunk: ga(3, 5), problem }, 10); // said again
    expect(tableOf(contents)).toMatchObject({ kept: 2, lost: 5 });
  });

  it('take the word of a delivery for points whose record is damaged, and no more of those that came later', () => {
    const contents = contentsOf(body(ga(0, 2)), body(ga(2, 4)), delivered(ga(1, 5)));
    expect(tableOf(contents)).toEqual({ offered: 9, delivered: 5, kept: 4, rejected: 0, lost: 0 });
    expect(contents.undelivered.get('Ga/0')).toEqual({ chunk: ga(2, 4), time, acceptedAt: 2, bytes: 0 });
    contents.add(delivered(ga(1, 5)), 9); // said again
    expect(contents.report.delivered).toBe(5);
  });

  it('begin a chunk in the middle with nothing, when damage has taken its beginning', () => {
    const contents = contentsOf(body(ga(1, 2)), body(ga(2, 1)));
    expect([...contents.undelivered.values()]).toEqual([{ chunk: ga(2, 3), time, acceptedAt: 1, bytes: 0 }]);
  });

  it('heal a hole with the file that has all of it, and open it again when that is gone', () => {
    const contents = contentsOf(body(ga(0, 2)), body(ga(2, 4)), durable(ga(2, 6), '0.chunk'));
    expect([...contents.undelivered.values()]).toMatchObject([{ chunk: ga(2, 6), file: '0.chunk', bytes: 99 }]);
    contents.hasNoFile(ga(2, 6));
    expect([...contents.undelivered.values()]).toEqual([{ chunk: ga(2, 6), time, acceptedAt: 1, bytes: 0 }]);
    const other = contentsOf(body(ga(0, 2)), body(ga(2, 4)));
    expect(other.adopt(ga(2, 6), time, '0.chunk', 99, 9)).toBe(true);
    expect([...other.undelivered.values()]).toMatchObject([{ chunk: ga(2, 6), file: '0.chunk' }]);
  });

  it('have the bytes in the log when the file is gone that they were moved to', () => {
    const contents = contentsOf(body(ga(0, 2)), body(ga(1, 1)), body(ga(0, 1, 1)), durable(ga(1, 3), '0.chunk'));
    expect(contents.undelivered.get('Ga/0')).toMatchObject({ file: '0.chunk' });
    contents.hasNoFile(ga(1, 3));
    expect(bytesIn(contents)).toBe('Ga/0:0;Ga/0:1;');
    expect(contents.undelivered.get('Ga/0')).not.toHaveProperty('file');
  });

  it('need no file for what memory and log have', () => {
    expect(contentsOf(body(ga(0, 2))).adopt(ga(0, 2), time, '0.chunk', 99, 9)).toBe(false);
  });

  it('have a dead letter that grows beside what was added to it', () => {
    const contents = contentsOf(body(ga(0, 2)), rejected(ga(0, 2)), body(ga(1, 3)));
    expect([...contents.deadLetters.values()]).toMatchObject([{ chunk: ga(0, 2), problem }]);
    expect(contents.undelivered.get('Ga/0')).toMatchObject({ chunk: ga(1, 3), body: { dims: [5] } });
    contents.add({ type: 'retried', chunk: ga(0, 2) }, 9);
    expect([contents.deadLetters.size, contents.undelivered.get('Ga/0')?.chunk]).toEqual([0, ga(1, 5)]);
  });

  it('take a dead letter for delivered that was, although damage has taken the record that it was sent again', () => {
    const contents = contentsOf(body(ga(0, 2)), rejected(ga(0, 2)), body(ga(1, 3)), delivered(ga(1, 5)));
    expect(tableOf(contents)).toEqual({ offered: 5, delivered: 5, kept: 0, rejected: 0, lost: 0 });
    expect(contents.deadLetters.size).toBe(0);
  });

  it('know where each channel begins in the stream that has it', () => {
    const opened: LogEntry = { type: 'opened', dataId: to };
    const rows = revision('', 4, 0, 1);
    const first = contentsOf(opened, body(ga(0, 2, 3)), delivered(ga(0, 2, 3), 0), delivered(rows, 4));
    expect(first.stream?.firstIndexes).toEqual(
      new Map([
        ['Ga', 3],
        ['', 0],
      ]),
    );
    const next = { type: 'opened', dataId: 'stream-2' as DataId, continues: to, firstIndex: 4 } as const;
    first.add(next, 9);
    first.add(delivered(ga(0, 2, 4), 4), 10); // of the stream before it
    expect(first.stream).toEqual({
      dataId: 'stream-2',
      firstIndex: 4,
      isOpened: true,
      isEndAsked: false,
      isEnded: false,
    });
    const created = contentsOf({ type: 'created', dataId: to }, delivered(ga(0, 2, 1), 0), opened);
    expect(created.stream?.firstIndexes).toEqual(new Map([['Ga', 1]]));
  });

  it('add up whatever damage has left of them, and never put bytes where they do not belong', () => {
    const name = fc.constantFrom(...['Ga', 'As'].flatMap((channel) => [0, 1].map((index) => ({ channel, index }))));
    const step = fc.record({
      of: name,
      does: fc.constantFrom('add', 'add', 'add', 'deliver', 'reject', 'retry', 'lose', 'move'),
      items: fc.integer({ min: 1, max: 9 }),
    });
    const life = fc.array(step, { maxLength: 40 });
    fc.assert(
      fc.property(life, fc.infiniteStream(fc.nat(9)), fc.boolean(), (steps, luck, isWhole) => {
        const written = recordsOf(steps);
        const records = written.filter(() => isWhole || (luck.next().value ?? 0) > 1);
        const again = records.flatMap((record) => ((luck.next().value ?? 0) > 8 ? [record, record] : record));
        const contents = contentsOf(...(isWhole ? records : again));
        const { offered, delivered, kept, rejected, lost } = contents.report;
        expect(offered).toBe(delivered + kept + rejected + lost);
        const sum = (chunks: Iterable<{ chunk: ChunkRef; unkept?: ChunkRef }>) =>
          [...chunks].reduce((all, { chunk, unkept }) => all + chunk.items + (unkept?.items ?? 0), 0);
        expect([kept, rejected]).toEqual([sum(contents.undelivered.values()), sum(contents.deadLetters.values())]);
        for (const [at, { chunk, body, unkept }] of contents.undelivered) {
          const all = Array.from({ length: chunk.revision + 1 }, (_, r) => textOf({ ...chunk, revision: r })).join('');
          if (body !== undefined) expect([at, Buffer.from(body.bytes).toString()]).toEqual([at, all]);
          if (isWhole) expect([at, unkept]).toEqual([at, undefined]);
        }
        for (const { chunk, unkept = chunk } of [...contents.undelivered.values()])
          for (const one of [unkept, chunk]) contents.add({ type: 'lost', chunk: one, problem }, 100);
        expect([contents.undelivered.size, contents.report.kept]).toEqual([0, 0]);
      }),
      { numRuns: 300 },
    );
  });
});

/** The log of a life in which nothing goes wrong: fates are those of points that are there. */
const recordsOf = (
  steps: readonly { of: { channel: string; index: number }; does: string; items: number }[],
): readonly LogEntry[] => {
  const chunks = new Map<string, { revision: number; waiting: number; refused?: ChunkRef | undefined }>();
  return steps.flatMap(({ of, does, items }): readonly LogEntry[] => {
    const name = `${of.channel}/${of.index}`;
    const known = chunks.get(name) ?? { revision: -1, waiting: 0 };
    chunks.set(name, known);
    const ref = (count: number): ChunkRef => ({ ...of, revision: known.revision, items: count });
    const { waiting, refused } = known;
    if (does === 'add') {
      if (of.index === 0 && chunks.has(`${of.channel}/1`)) return []; // whole by then
      known.revision++;
      known.waiting += items;
      return [body(ref(items))];
    }
    if (does === 'retry' && refused !== undefined) {
      known.refused = undefined;
      known.waiting += refused.items;
      return [{ type: 'retried', chunk: refused }];
    }
    if (waiting === 0 || refused !== undefined) return [];
    if (does === 'move')
      return of.index === 0 && chunks.has(`${of.channel}/1`) ? [durable(ref(waiting), `${name}.chunk`)] : [];
    if (does === 'lose' && of.index === 0) return [];
    known.waiting = 0;
    if (does === 'deliver') return [delivered(ref(waiting))];
    if (does === 'lose') return [{ type: 'lost', chunk: ref(waiting), problem }];
    known.refused = ref(waiting);
    return [rejected(known.refused)];
  });
};
