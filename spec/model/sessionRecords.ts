import fc from 'fast-check';
import { addToReport, emptyReport } from '../../src/model/addToReport.js';
import type { ChunkRef } from '../../src/model/chunkRef.js';
import type { DataId, SessionId } from '../../src/model/identifiers.js';
import type { SessionRecord } from '../../src/model/sessionEvent.js';

const dataId = 'stream-1' as DataId;
const problem = { tag: 'IngestError', message: 'send: answered 422', status: 422 };

const step = fc.record({
  what: fc.constantFrom('accept', 'accept', 'deliver', 'reject', 'lose', 'drop', 'hole', 'open', 'link', 'orphan'),
  items: fc.integer({ min: 1, max: 200 }),
  which: fc.nat(),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A session so far: what it has recorded, and the chunks without a fate. */
class Life {
  readonly records: SessionRecord[] = [];
  readonly open: ChunkRef[] = [];
  #next = 0;

  live({ what, items, which }: Step): void {
    if (what === 'accept') this.#accept(items);
    else if (what === 'deliver' || what === 'reject' || what === 'lose') this.#settle(what, which);
    else this.records.push(this.#said(what, items));
  }

  end(how: 'not' | 'closed' | 'gaveUp'): void {
    if (how === 'not') return;
    this.records.push({ type: 'ending', outcome: how === 'closed' ? 'complete' : 'failed' });
    while (this.open.length > 0) this.#settle(how === 'closed' ? 'deliver' : 'lose', 0);
    const report = this.records.reduce(addToReport, emptyReport('session' as SessionId, 'rheed'));
    this.records.push(
      how === 'closed'
        ? { type: 'closed', dataId, report: { ...report, ended: true } }
        : { type: 'gaveUp', phase: 'deliver', problem, report },
    );
  }

  #accept(items: number): void {
    const chunk = { index: this.#next++, revision: 0, items };
    this.open.push(chunk);
    this.records.push({ type: 'accepted', chunk, time: { startMs: 0, timeBase: 'host' } });
  }

  #settle(what: 'deliver' | 'reject' | 'lose', which: number): void {
    const [chunk] = this.open.splice(which % Math.max(1, this.open.length), 1);
    if (chunk === undefined) return;
    if (what === 'deliver') this.records.push({ type: 'delivered', chunk, to: dataId, as: chunk.index });
    else this.records.push({ type: what === 'reject' ? 'rejected' : 'lost', chunk, problem });
  }

  #said(what: 'drop' | 'hole' | 'open' | 'link' | 'orphan', frames: number): SessionRecord {
    switch (what) {
      case 'drop':
        return { type: 'gap', gap: { frames, fromMs: 0, toMs: 1, cause: 'policy' } };
      case 'hole':
        return { type: 'gap', gap: { frames, fromMs: 0, toMs: 1, cause: 'time' } };
      case 'open':
        return { type: 'opened', dataId };
      case 'link':
        return { type: 'linkRefused', problem };
      case 'orphan':
        return { type: 'orphaned', streamName: 'Growth run 42', problem };
    }
  }
}

/** What a session can have recorded up to any moment of its life: chunks are accepted first, and have one fate each. */
export const sessionRecords: fc.Arbitrary<readonly SessionRecord[]> = fc
  .tuple(fc.array(step, { maxLength: 60 }), fc.constantFrom('not' as const, 'closed' as const, 'gaveUp' as const))
  .map(([steps, end]) => {
    const life = new Life();
    for (const one of steps) life.live(one);
    life.end(end);
    return life.records;
  });
