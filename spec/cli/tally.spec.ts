import { describe, expect, it } from '@jest/globals';
import { Tally } from '../../src/cli/tally.js';
import { emptyReport } from '../../src/model/addToReport.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { grayFrame } from '../../src/testing/grayFrame.js';

const tallyOf = (...events: object[]) => {
  const tally = new Tally();
  for (const event of events) tally.event({ session: 's', at: 0, ...event } as SessionEvent);
  return tally;
};
const chunk = { index: 0, revision: 0, items: 4 };

describe('Tally', () => {
  it('counts frames and the bytes of their pixels', () => {
    const tally = new Tally();
    tally.frame(grayFrame({ width: 3, height: 2 }));
    tally.frame(grayFrame({ width: 3, height: 2 }));
    expect([tally.frames, tally.bytes]).toEqual([2, 12]);
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
