import { describe, expect, it } from '@jest/globals';
import { emptyReport } from '../../src/model/addToReport.js';
import type { SessionId } from '../../src/model/identifiers.js';
import { isComplete } from '../../src/model/isComplete.js';
import type { SessionReport } from '../../src/model/sessionReport.js';

const empty = emptyReport('session' as SessionId, 'rheed');

describe('isComplete', () => {
  it.each([
    ['everything is delivered', {}, true],
    ['a policy dropped frames', { offered: 9, dropped: 4 }, true],
    ['the source was left', { outcome: 'cancelled' }, true],
    ['the stream has no end', { ended: false }, false],
    ['frames are kept', { kept: 1 }, false],
    ['frames were rejected', { rejected: 1 }, false],
    ['frames were lost', { lost: 1 }, false],
  ] as const)('when %s', (_, change, expected) => {
    const whole: SessionReport = { ...empty, outcome: 'complete', ended: true, offered: 5, delivered: 5 };
    expect(isComplete({ ...whole, ...change })).toBe(expected);
  });
});
