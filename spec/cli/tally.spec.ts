import { describe, expect, it } from '@jest/globals';
import { Tally } from '../../src/cli/tally.js';
import { emptyReport } from '../../src/model/addToReport.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';

const tallyOf = (...events: object[]) => {
  const tally = new Tally('rheed');
  for (const event of events) tally.event({ session: 's', at: 0, ...event } as SessionEvent);
  return tally;
};
const chunk = { index: 0, revision: 0, items: 4 };

describe('Tally', () => {
  it('counts frames and the bytes of their pixels, and what of them is still on its way', () => {
    const tally = tallyOf({ type: 'accepted', chunk }, { type: 'delivered', chunk: { ...chunk, items: 1 } });
    tally.took(1, 6);
    tally.took(2, 12);
    expect([tally.items, tally.bytes, tally.undelivered]).toEqual([3, 18, 2]);
  });

  it('knows what outlives the process of a chunk that grows, is refused and sent again', () => {
    const grown = { channel: 'pressure', index: 0, revision: 1, items: 2 };
    const first = { ...grown, revision: 0, items: 3 };
    const all = { ...grown, items: 5 };
    const events = [
      { type: 'accepted', chunk: first },
      { type: 'durable', chunk: first, bytes: 9 },
      { type: 'accepted', chunk: grown },
      { type: 'durable', chunk: grown, bytes: 9 },
    ];
    expect(tallyOf(...events).durable).toBe(5);
    const problem = { tag: 'IngestError', message: 'too large' };
    const refused = [...events, { type: 'rejected', chunk: all, problem }];
    expect(tallyOf(...refused).durable).toBe(0);
    const retried = [...refused, { type: 'retried', chunk: all }];
    expect([tallyOf(...retried).durable, tallyOf(...retried).report?.kept]).toEqual([5, 5]);
    expect(tallyOf(...retried, { type: 'delivered', chunk: all }).durable).toBe(0);
  });

  it('has no report before anything happened', () => {
    expect(tallyOf().report).toBeUndefined();
  });

  it('folds records into a report, and counts retries', () => {
    const retrying = { type: 'retrying', step: 'put', inMs: 5 };
    const tally = tallyOf({ type: 'accepted', chunk }, retrying, { type: 'paused' }, { type: 'resumed' }, retrying);
    expect([tally.retries, tally.report?.offered, tally.report?.kept]).toEqual([2, 4, 4]);
  });

  it.each(['closed', 'gaveUp'])('believes the report of %s', (type) => {
    const report = { ...emptyReport('s' as never, 'rheed'), lost: 4 };
    expect(tallyOf({ type: 'accepted', chunk }, { type, report }).report).toBe(report);
  });

  it('knows what outlives a process that leaves', () => {
    const durable = { type: 'durable', chunk, bytes: 9 };
    const second = { ...chunk, index: 1 };
    const third = { ...chunk, index: 2 };
    const tally = tallyOf(
      { type: 'accepted', chunk },
      { type: 'accepted', chunk: second },
      { type: 'accepted', chunk: third },
      durable,
      { ...durable, chunk: second },
      { type: 'delivered', chunk },
    );
    expect([tally.durable, tally.report?.kept]).toEqual([4, 8]);
    expect(tally.leftReport).toMatchObject({ offered: 12, delivered: 4, kept: 4, lost: 4 });
  });
});
