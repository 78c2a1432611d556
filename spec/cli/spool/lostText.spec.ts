import { describe, expect, it } from '@jest/globals';
import { lostText } from '../../../src/cli/spool/lostText.js';

describe('lostText', () => {
  it('tells frames and points apart, and nothing of what was not lost', () => {
    const [frames, points] = [{ kind: 'rheed', items: 20 } as const, { kind: 'timeseries', items: 1 } as const];
    expect(lostText([frames, points, frames])).toEqual(['40 frames lost', '1 point lost']);
    expect(lostText([points])).toEqual(['1 point lost']);
    expect(lostText([{ kind: 'rheed', items: 0 }])).toEqual([]);
  });
});
