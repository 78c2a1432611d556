import { describe, expect, it } from '@jest/globals';
import { Outage } from '../../src/cli/outage.js';

const problem = { tag: 'IngestError', message: 'no answer' };
const away = { outage: { since: 1_000, problem } };

describe('Outage', () => {
  it('tells once that the platform is away, and that it is back', () => {
    const outage = new Outage();
    expect([outage.hear(away, 1_000), outage.hear(away, 3_999), outage.isOn]).toEqual([undefined, undefined, false]);
    expect([outage.hear(away, 4_000), outage.isOn]).toEqual([{ is: 'away', problem }, true]);
    expect(outage.hear(away, 9_000)).toBeUndefined();
    expect([outage.hear({}, 9_100), outage.isOn]).toEqual([{ is: 'back' }, false]);
    expect(outage.hear({}, 9_200)).toBeUndefined();
  });

  it('does not take a refused key for an answer', () => {
    const outage = new Outage();
    outage.hear(away, 4_000);
    expect([outage.hear({ paused: problem }, 4_100), outage.isOn]).toEqual([undefined, true]);
    expect(outage.hear({}, 9_000)).toEqual({ is: 'back' });
  });

  it('passes over a hiccup', () => {
    const outage = new Outage();
    outage.hear(away, 2_000);
    expect(outage.hear({}, 2_100)).toBeUndefined();
  });
});
