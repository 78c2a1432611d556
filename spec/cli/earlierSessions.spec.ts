import { describe, expect, it } from '@jest/globals';
import { EarlierSessions } from '../../src/cli/earlierSessions.js';
import { emptyReport } from '../../src/model/addToReport.js';
import type { SessionId } from '../../src/model/identifiers.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import type { SessionReport } from '../../src/model/sessionReport.js';

const event = (session: string, more: object) => ({ session, at: 0, ...more }) as SessionEvent;

const report = (session: string, more: Partial<SessionReport> = {}): SessionReport => ({
  ...emptyReport(session as SessionId, 'rheed'),
  ended: true,
  ...more,
});

describe('EarlierSessions', () => {
  it('follows what is recovered, and nothing else, to its end', () => {
    const earlier = new EarlierSessions();
    expect(earlier.hear(event('own', { type: 'closed' }))).toBeUndefined();
    expect(earlier.hear(event('a', { type: 'recovered', undelivered: 1 }))).toBe(
      'session a of an earlier run is delivered too: 1 chunk and its end',
    );
    earlier.hear(event('b', { type: 'recovered', undelivered: 2 }));
    expect(earlier.hear(event('a', { type: 'delivered' }))).toBeUndefined();
    expect(earlier.hear(event('a', { type: 'closed', report: report('a', { delivered: 60 }) }))).toBe(
      'session a of an earlier run has been delivered and ended',
    );
    const gaveUp = { type: 'gaveUp', problem: { tag: 'X', message: 'its stream has ended' }, report: report('b') };
    expect(earlier.hear(event('b', gaveUp))).toBe(
      'session b of an earlier run stays in the spool: its stream has ended',
    );
    expect(earlier.hear(event('b', { type: 'closed' }))).toBeUndefined();
  });

  it('names the frames that an ended session has not delivered, and why', () => {
    const earlier = new EarlierSessions();
    earlier.hear(event('a', { type: 'recovered', undelivered: 0 }));
    const more = { delivered: 60, lost: 120, rejected: 4, kept: 1 };
    expect(earlier.hear(event('a', { type: 'closed', report: report('a', more) }))).toBe(
      'session a of an earlier run has been ended: 60 frames delivered; 120 frames were lost, because its process died before they were on the disk; 4 frames refused by the platform, and kept: see epistream spool retry a; 1 frame still in the spool',
    );
  });

  it('names also the lost frames of a session that stays', () => {
    const earlier = new EarlierSessions();
    earlier.hear(event('a', { type: 'recovered', undelivered: 3 }));
    const problem = { tag: 'X', message: 'its stream has ended' };
    const left = report('a', { ended: false, lost: 20, kept: 60 });
    expect(earlier.hear(event('a', { type: 'gaveUp', problem, report: left }))).toBe(
      'session a of an earlier run stays in the spool: its stream has ended; 20 frames were lost, because its process died before they were on the disk; 60 frames still in the spool',
    );
  });
});
