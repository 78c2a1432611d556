import { describe, expect, it } from '@jest/globals';
import { exitCodeOf, type RunEnd } from '../../src/cli/exitCode.js';
import { emptyReport } from '../../src/model/addToReport.js';
import {
  ImageError,
  IncompleteSessionError,
  InputError,
  LogError,
  SessionFailedError,
} from '../../src/model/errors.js';
import type { SessionId } from '../../src/model/identifiers.js';
import type { SessionReport } from '../../src/model/sessionReport.js';

const report = (more: Partial<SessionReport>): SessionReport => ({
  ...emptyReport('s' as SessionId, 'rheed'),
  ...more,
});

const complete = report({ ended: true, offered: 9, delivered: 9 });
const bad = new InputError('fps', 0, 'must be above 0');
const image = new ImageError('9.png', 'it is cut short');
const refused = { tag: 'IngestError', message: 'the key is refused', status: 401 };
const kept = report({ ended: true, offered: 9, delivered: 8, kept: 1 });

describe('exitCodeOf', () => {
  it.each<[string, RunEnd, number]>([
    ['all was delivered and ended', { report: complete }, 0],
    [
      'it was stopped in the middle, and all up to there was delivered',
      { report: { ...complete, outcome: 'cancelled' } },
      0,
    ],
    ['it was stopped before the first frame', {}, 0],
    ['a link was refused', { report: { ...complete, linksRefused: [refused] } }, 0],
    ['the options are bad', { error: bad }, 2],
    ['a file is bad, and what came before it was delivered', { report: complete, error: image }, 2],
    ['a file is bad, and what came before it was not delivered', { report: kept, error: image }, 1],
    ['frames were lost', { report: report({ ended: true, offered: 1, lost: 1 }) }, 1],
    ['frames were refused', { report: report({ ended: true, offered: 1, rejected: 1 }) }, 1],
    ['the stream was not ended', { report: { ...complete, ended: false } }, 1],
    ['the session is incomplete', { report: kept, error: new IncompleteSessionError(kept) }, 1],
    ['the key is refused', { error: new SessionFailedError('open', refused, report({})) }, 1],
    ['something else failed', { error: new Error('the disk is gone') }, 1],
  ])('when %s', (_, end, code) => {
    expect(exitCodeOf(end)).toBe(code);
  });

  it('of several sessions is that of the worst', () => {
    const row = new LogError('gauge.csv', 'it has 1 cells, and the header 2', { line: 9, content: '1' });
    expect(exitCodeOf({ report: complete }, { report: complete })).toBe(0);
    expect(exitCodeOf({ report: complete }, { report: complete, error: row })).toBe(2);
    expect(exitCodeOf({ error: row }, { report: kept }, { report: complete })).toBe(1);
  });
});
