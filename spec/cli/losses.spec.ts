import { describe, expect, it } from '@jest/globals';
import { Losses } from '../../src/cli/losses.js';
import { emptyReport } from '../../src/model/addToReport.js';
import type { SessionId } from '../../src/model/identifiers.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';

const report = (lost: number) => ({ ...emptyReport('a' as SessionId, 'rheed'), lost });
const lost = (tag: string) => ({ type: 'lost', session: 'a', at: 0, problem: { tag, message: '' } }) as SessionEvent;

describe('Losses', () => {
  it('speaks of points where points were lost', () => {
    const points = { ...emptyReport('a' as SessionId, 'timeseries'), lost: 3 };
    expect(new Losses().textOf(points)).toContain('3 points were lost');
  });

  it('says how many frames were lost, and why', () => {
    const losses = new Losses();
    losses.hear(lost('Interrupted'));
    expect(losses.textOf(report(0))).toBeUndefined();
    expect(losses.textOf(report(1))).toBe('1 frame was lost, because its process died before they were on the disk');
    losses.hear(lost('SpoolError'));
    expect(losses.textOf(report(2))).toBe(
      '2 frames were lost, because its process died before they were on the disk, or because the disk did not give them back',
    );
  });
});
