import { describe, expect, it } from '@jest/globals';
import { defer } from 'rxjs';
import { hostClock } from '../../../src/flow/hostClock.js';
import { SourceError, type SourceFault } from '../../../src/model/errors.js';
import type { MqttConnection } from '../../../src/sources/mqtt/mqttConnection.js';
import type { LinkEvent } from '../../../src/sources/mqtt/mqttLink.js';
import { reconnecting } from '../../../src/sources/mqtt/reconnecting.js';
import { marbles } from '../../../src/testing/marbles.js';

const c: LinkEvent = { type: 'connected', isResumed: false };
const m: LinkEvent = { type: 'message', topic: 't', payload: Buffer.of(), isRetained: false, isRepeated: false };
const values = { c, m };
const fault = (kind: SourceFault) => new SourceError('mqtt://lab', kind, `is ${kind}`);
const [lost, refused, missing] = [fault('unreachable'), fault('refused'), fault('not installed')];

/** Waits of 10, 20, 40 … ms, and what is told. */
const watched = (mustConnect = false) => {
  const told: unknown[] = [];
  const operator = reconnecting({
    name: 'mqtt://lab',
    retry: { baseMs: 10, random: () => 1 },
    mustConnect,
    onConnection: (connection: MqttConnection) =>
      told.push(connection.state === 'away' ? `away ${connection.retryInMs} (${connection.reason})` : 'connected'),
    scheduler: hostClock.scheduler,
  });
  return { told, operator };
};

describe('reconnecting', () => {
  it('opens the link again, after ever longer waits until it is connected', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const first = cold('  -c-m-#                           ', values, lost);
      const second = cold('           #                      ', values, refused);
      const third = cold('                    -c--#         ', values, lost);
      const fourth = cold('                             -c   ', values);
      const expected = '    -c-m- 10ms 20ms -c--  10ms -c   ';
      const windows = [
        '                   ^----!                           ',
        '                   ----- 10ms (^!)                  ',
        '                   ----- 10ms 20ms ^---!            ',
        '                   ----- 10ms 20ms ---- 10ms ^--!   ',
      ];
      const left = '        ----- 10ms 20ms ---- 10ms ---!   ';
      const links = [first, second, third, fourth];
      const { told, operator } = watched();
      expectObservable(defer(() => links.shift()!).pipe(operator), left).toBe(expected, values);
      [first, second, third, fourth].forEach((link, n) => expectSubscriptions(link.subscriptions).toBe(windows[n]!));
      flush();
      expect(told).toEqual([
        'connected',
        'away 10 (is unreachable)',
        'away 20 (is refused)',
        'connected',
        'away 10 (is unreachable)',
        'connected',
      ]);
    });
  });

  it('waits for a broker that is not there at first', () => {
    marbles(({ cold, expectObservable }) => {
      const links = [cold('#', values, lost), cold('#', values, lost), cold('c', values)];
      expectObservable(defer(() => links.shift()!).pipe(watched().operator), '50ms !').toBe('30ms c', values);
    });
  });

  it.each([
    ['a refusal', false, refused],
    ['a missing package', false, missing],
    ['a broker that must be there', true, lost],
    ['a fault of ours', false, new TypeError('undefined')],
  ])('fails at first with %s', (_, mustConnect, error) => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const link = cold('--#', values, error);
      const { told, operator } = watched(mustConnect);
      expectObservable(link.pipe(operator)).toBe('--#', values, error);
      expectSubscriptions(link.subscriptions).toBe('^-!');
      flush();
      expect(told).toEqual([]);
    });
  });

  it('goes on after a broker that had to be there goes away', () => {
    marbles(({ cold, expectObservable }) => {
      const link = cold('c-#', values, lost);
      expectObservable(link.pipe(watched(true).operator), '15ms !').toBe('c- 10ms c', values);
    });
  });

  it('lets go of link and wait when it is left', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const open = cold('   -c----', values);
      const closed = cold(' #', values, lost);
      expectObservable(open.pipe(watched().operator), '---!').toBe('-c--', values);
      expectObservable(closed.pipe(watched().operator), '---!').toBe('----');
      expectSubscriptions(open.subscriptions).toBe('^--!');
      expectSubscriptions(closed.subscriptions).toBe('(^!)');
    });
  });
});
