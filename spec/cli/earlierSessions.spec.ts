import { describe, expect, it } from '@jest/globals';
import { EarlierSessions } from '../../src/cli/earlierSessions.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';

const event = (session: string, more: object) => ({ session, at: 0, ...more }) as SessionEvent;

describe('EarlierSessions', () => {
  it('follows what is recovered, and nothing else, to its end', () => {
    const earlier = new EarlierSessions();
    expect(earlier.hear(event('own', { type: 'closed' }))).toBeUndefined();
    expect(earlier.hear(event('a', { type: 'recovered', undelivered: 1 }))).toBe(
      'session a of an earlier run is delivered too: 1 chunk and its end',
    );
    earlier.hear(event('b', { type: 'recovered', undelivered: 2 }));
    expect(earlier.hear(event('a', { type: 'delivered' }))).toBeUndefined();
    expect(earlier.hear(event('a', { type: 'closed' }))).toBe(
      'session a of an earlier run has been delivered and ended',
    );
    expect(earlier.hear(event('b', { type: 'gaveUp', problem: { tag: 'X', message: 'its stream has ended' } }))).toBe(
      'session b of an earlier run stays in the spool: its stream has ended',
    );
    expect(earlier.hear(event('b', { type: 'closed' }))).toBeUndefined();
  });
});
