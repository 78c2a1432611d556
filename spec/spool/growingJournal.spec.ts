import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { takeOver } from '../../src/delivery/takeOver.js';
import type { SessionJournal } from '../../src/journal/sessionJournal.js';
import type { ChunkRef } from '../../src/model/chunkRef.js';
import type { DataId } from '../../src/model/identifiers.js';
import { readLog } from '../../src/spool/readLog.js';
import { addTo, askedPoints, delivered, linesOf, revision } from '../journal/growingChunkContract.js';
import { ModelComputer } from './modelComputer.js';

const ga = (number: number, items: number, index = 0) => revision('Ga', index, number, items);
const begin = ({ journals }: ModelComputer): SessionJournal => {
  const journal = journals.create(askedPoints);
  journal.append({ type: 'asked', asked: askedPoints });
  journal.append({ type: 'opened', dataId: 'stream-1' as DataId });
  return journal;
};
const directoryOf = ({ id }: SessionJournal) => `/spool/sessions/${id}`;
/** What is handed out of a session that is over: its chunks, and what stands in them. */
const left = async (journal: SessionJournal) => {
  const pending = await lastValueFrom(journal.pending$.pipe(toArray()));
  return Promise.all(pending.map(async (one) => [one.chunk, ...(await linesOf(one))]));
};
const lines = (chunk: ChunkRef, ...items: number[]) =>
  items.map((count, number) => `${chunk.channel}/${chunk.index}:${number} has ${count}`);

describe('a session of channels on disk', () => {
  it('makes a burst of twenty channels durable with one sync, and says so afterwards', async () => {
    const computer = new ModelComputer();
    const journal = begin(computer);
    await computer.clock.pass(100);
    const { asked } = computer.disk.faults;
    const before = asked.get('sync') ?? 0;
    const told: number[] = [];
    journal.events$.subscribe(({ type }) => type === 'durable' && told.push((asked.get('sync') ?? 0) - before));
    for (let channel = 0; channel < 20; channel++) addTo(journal, revision(`T${channel}`, 0, 0, 1));
    await computer.clock.pass(0);
    expect(told).toEqual(new Array(20).fill(1));
  });

  it('has one record for a revision: its bytes', async () => {
    const computer = new ModelComputer();
    const journal = begin(computer);
    for (const number of [0, 1]) addTo(journal, ga(number, 2));
    await computer.clock.pass(100);
    const { records } = await readLog(computer.disk, directoryOf(journal));
    expect(records.map(({ said }) => said.type)).toEqual(['owner', 'asked', 'opened', 'body', 'body']);
    expect(await computer.names(`${directoryOf(journal)}/chunks`)).toEqual([]);
  });

  it('is taken over with its chunks whole, to the byte, and where each channel begins', async () => {
    const computer = new ModelComputer();
    const journal = begin(computer);
    addTo(journal, ga(0, 2));
    addTo(journal, revision('As', 0, 0, 1));
    await computer.clock.pass(50);
    journal.append({ type: 'delivered', chunk: ga(0, 2), to: 'stream-1' as DataId, as: 0 });
    addTo(journal, ga(1, 3));
    await computer.clock.pass(50);
    computer.die(() => 0.99);
    const found = await computer.found();
    expect(found.asked).toEqual(askedPoints);
    expect(found.recovered?.stream?.firstIndexes).toEqual(new Map([['Ga', 0]]));
    takeOver(found);
    expect(await left(found)).toEqual([
      [revision('As', 0, 0, 1), ['As/0:0 has 1'], 1],
      [ga(1, 3), lines(ga(1, 3), 2, 3), 5],
    ]);
    expect(found.report()).toMatchObject({ kind: 'timeseries', offered: 6, delivered: 2, kept: 4 });
  });

  it('names the points after a damaged revision as lost, and sends those before it', async () => {
    const computer = new ModelComputer();
    const journal = begin(computer);
    for (const number of [0, 1, 2]) addTo(journal, ga(number, 2));
    addTo(journal, revision('As', 0, 0, 1));
    await computer.clock.pass(100);
    const segment = `${directoryOf(journal)}/journal.000000`;
    const bytes = Buffer.from(await computer.disk.read(segment));
    bytes[bytes.indexOf('Ga/0:1 has')]! ^= 0x20;
    computer.die();
    computer.disk.plant(segment, bytes);
    const found = await computer.found();
    expect(found.recovered?.damage).toMatchObject([{ message: expect.stringContaining('journal.000000') }]);
    takeOver(found);
    expect(found.report()).toMatchObject({ offered: 5, kept: 3, lost: 2 });
    expect(await left(found)).toEqual([
      [ga(0, 2), lines(ga(0, 2), 2), 2],
      [revision('As', 0, 0, 1), ['As/0:0 has 1'], 1],
    ]);
  });

  describe('with more than memory may hold', () => {
    /** Four chunks of 26 bytes, of which three are whole: two have to go. */
    const filled = async () => {
      const computer = new ModelComputer({ mostHeldBytes: 60 });
      const journal = begin(computer);
      const pending = firstValueFrom(journal.pending$);
      for (const index of [0, 1, 2, 3]) for (const number of [0, 1]) addTo(journal, ga(number, 2, index));
      await computer.clock.pass(100);
      return { computer, journal, pending, chunks: `${directoryOf(journal)}/chunks` };
    };

    it('moves whole chunks into files, oldest first, and sends the same bytes, also what was handed out before', async () => {
      const { computer, journal, pending, chunks } = await filled();
      expect(await computer.names(chunks)).toEqual(['0.chunk', '1.chunk']);
      expect(await linesOf(await pending)).toEqual([['Ga/0:0 has 2'], 2]);
      journal.append({ type: 'ending', outcome: 'complete' });
      await computer.clock.pass(0);
      const all = [0, 1, 2, 3].map((index) => [ga(1, 4, index), lines(ga(1, 4, index), 2, 2), 4]);
      expect(await left(journal)).toEqual(all);
      computer.die(() => 0.99);
      const found = await computer.found();
      takeOver(found);
      expect(await left(found)).toEqual(all);
    });

    it('removes the file of a chunk that is delivered', async () => {
      const { computer, journal, chunks } = await filled();
      journal.append(delivered(ga(1, 4)));
      await computer.clock.pass(100);
      expect(await computer.names(chunks)).toEqual(['1.chunk']);
      expect(computer.journals.spool?.().usedBytes).toBe(3 * 2 * 'Ga/0:0 has 2\n'.length);
    });

    it('has the bytes in the log, should the file be gone', async () => {
      const { computer, chunks } = await filled();
      await computer.disk.remove(`${chunks}/0.chunk`);
      computer.die();
      const found = await computer.found();
      takeOver(found);
      expect((await left(found))[0]).toEqual([ga(1, 4), lines(ga(1, 4), 2, 2), 4]);
    });
  });

  it('gives the room back of points that were lost on their way to the disk', async () => {
    const computer = new ModelComputer();
    const journal = begin(computer);
    await computer.clock.pass(50);
    addTo(journal, ga(0, 2));
    journal.append({ type: 'lost', chunk: ga(0, 2), problem: { tag: 'TooLate', message: 'over' } });
    await computer.clock.pass(50);
    expect(computer.journals.spool?.().usedBytes).toBe(0);
    expect(journal.report()).toMatchObject({ offered: 2, lost: 2, kept: 0 });
  });

  it('gives the room back of what is delivered, when nothing more is added to it', async () => {
    const computer = new ModelComputer();
    const journal = begin(computer);
    addTo(journal, ga(0, 2));
    await computer.clock.pass(50);
    journal.append(delivered(ga(0, 2)));
    const used = () => computer.journals.spool?.().usedBytes;
    expect(used()).toBe(13);
    addTo(journal, ga(0, 2, 1));
    await computer.clock.pass(50);
    expect(used()).toBe(13);
    journal.append(delivered(ga(0, 2, 1)));
    journal.append({ type: 'ending', outcome: 'complete' });
    expect(used()).toBe(0);
  });
});
