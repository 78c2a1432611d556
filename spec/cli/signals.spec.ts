import { describe, expect, it } from '@jest/globals';
import { map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { signals } from '../../src/cli/signals.js';

/** What is counted of signals that come at the marked moments: I for SIGINT, T for SIGTERM, H for SIGHUP. */
const counted = (diagram: string, expected: string) => {
  const scheduler = new TestScheduler((actual, wanted) => expect(actual).toEqual(wanted));
  scheduler.run(({ cold, expectObservable }) => {
    const names: Readonly<Record<string, NodeJS.Signals>> = { I: 'SIGINT', T: 'SIGTERM', H: 'SIGHUP' };
    const subscription = '^ 998ms !';
    expectObservable(signals().pipe(map(String)), subscription).toBe(expected);
    cold(diagram).subscribe((sign) => process.emit(names[sign]!));
  });
};

describe('signals', () => {
  it.each([
    ['I-----', '1-----'],
    ['I 299ms I 299ms T', '1 299ms 2 299ms 3'],
    ['I 9ms I 300ms H', '1 309ms - 2'],
    ['I 248ms T', '1 248ms -'],
  ])('count each request once: %s', (diagram, expected) => {
    counted(diagram, expected);
  });

  it('are let go of with the last listener', () => {
    const before = process.listenerCount('SIGINT');
    const subscription = signals().subscribe();
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    subscription.unsubscribe();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
