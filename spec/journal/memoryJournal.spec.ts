import { describe, expect, it } from '@jest/globals';
import { asyncScheduler } from 'rxjs';
import { MemoryJournal } from '../../src/journal/memoryJournal.js';
import { memoryJournals } from '../../src/journal/memoryJournals.js';
import type { SessionId } from '../../src/model/identifiers.js';
import { askedPoints, growingChunkContract } from './growingChunkContract.js';
import { lentBody } from './lentBody.js';
import { accepted, chunk, delivered, lost, problem, sessionJournalContract } from './sessionJournalContract.js';

const asked = { kind: 'rheed', options: { fps: 1, rotationsPerMin: 0, chunkSize: 2 } } as const;
const make = (wallMs = () => 0) =>
  new MemoryJournal('session' as SessionId, asked, { scheduler: asyncScheduler, wallMs });

sessionJournalContract('a journal in memory', make);
growingChunkContract(
  'a journal in memory',
  (wallMs = () => 0) => new MemoryJournal('session' as SessionId, askedPoints, { scheduler: asyncScheduler, wallMs }),
);

describe('a journal in memory', () => {
  it('promises no more than memory can', () => {
    expect(make().promises).toBe('memory');
  });

  it('gives the arena back at once', () => {
    const journal = make();
    const body = lentBody(1, 2, 3);
    journal.append(accepted(0));
    journal.keep(chunk(0), body);
    expect(body.released).toBe(1);
  });

  it.each([
    ['delivered', delivered(0)],
    ['rejected', { type: 'rejected', chunk: chunk(0), problem } as const],
    ['lost', lost(0)],
  ])('holds a chunk until it is %s, and not a moment longer', (_, fate) => {
    const journal = make();
    const freed: number[] = [];
    for (const index of [0, 1]) {
      journal.append(accepted(index));
      journal.keep(chunk(index), lentBody(index)).subscribe({ complete: () => freed.push(index) });
    }
    expect(freed).toEqual([]);
    journal.append(fate);
    expect(freed).toEqual([0]);
  });

  it('is free of a chunk by the time that those who heard of its fate are done', () => {
    const journal = make();
    const said: string[] = [];
    journal.events$.subscribe(({ type }) => type === 'delivered' && said.push(type));
    journal.append(accepted(0));
    journal.keep(chunk(0), lentBody(0)).subscribe({ complete: () => said.push('free') });
    journal.append(delivered(0));
    expect(said).toEqual(['delivered', 'free']);
  });
});

describe('journals in memory', () => {
  const journals = memoryJournals({ scheduler: asyncScheduler, wallMs: () => 0 });

  it('have a name of their own each, and know what was asked', () => {
    const [one, other] = [journals.create(asked), journals.create(asked)];
    expect(one.id).not.toBe(other.id);
    expect(one.asked).toEqual(asked);
  });

  it('find nothing again, and are closed at once', () => {
    const said: string[] = [];
    journals.unfinished$.subscribe({ next: () => said.push('found'), complete: () => said.push('none') });
    journals.close().subscribe({ complete: () => said.push('closed') });
    expect(said).toEqual(['none', 'closed']);
  });
});
