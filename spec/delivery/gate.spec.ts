import { describe, expect, it } from '@jest/globals';
import { NEVER, of } from 'rxjs';
import { Gate } from '../../src/delivery/gate.js';
import { marbles } from '../../src/testing/marbles.js';

const outage = { tag: 'IngestError', message: 'connection refused' };

describe('a gate', () => {
  it('lets everybody pass while it is open', () => {
    marbles(({ cold, expectObservable }) => {
      const gate = new Gate();
      expectObservable(cold('--a|').pipe(gate.pass())).toBe('--a|');
      expectObservable(cold('--b|').pipe(gate.pass())).toBe('--b|');
    });
  });

  it('lets one pass at a time while it is held, the longest waiting first', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const gate = new Gate();
      gate.hold(outage, false);
      const probe = cold('                                      ---#');
      const next = cold('                                       --b|');
      const last = cold('                                       -c|');
      expectObservable(probe.pipe(gate.pass())).toBe('          ---#');
      expectObservable(next.pipe(gate.pass())).toBe('           -----b|');
      expectObservable(last.pipe(gate.pass())).toBe('           -------c|');
      expectSubscriptions(probe.subscriptions).toBe('           ^--!');
      expectSubscriptions(next.subscriptions).toBe('            ---^--!');
      expectSubscriptions(last.subscriptions).toBe('            ------^-!');
    });
  });

  it('lets all who wait pass when it opens', () => {
    marbles(({ cold, expectObservable }) => {
      const gate = new Gate();
      gate.hold(outage, false);
      cold('----x').subscribe(() => gate.open());
      expectObservable(NEVER.pipe(gate.pass()), '               ^---------!').toBe('');
      expectObservable(cold('a|').pipe(gate.pass())).toBe('     ----a|');
      expectObservable(cold('b|').pipe(gate.pass())).toBe('     ----b|');
    });
  });

  it('gives the place of a probe that left to the next, and forgets who left the queue', () => {
    marbles(({ cold, expectObservable }) => {
      const gate = new Gate();
      gate.hold(outage, false);
      expectObservable(NEVER.pipe(gate.pass()), '               ^----!').toBe('');
      expectObservable(NEVER.pipe(gate.pass()), '               ^--!').toBe('');
      expectObservable(cold('a|').pipe(gate.pass())).toBe('     -----a|');
    });
  });

  it('tells what holds it, and an outage that becomes a pause', () => {
    const gate = new Gate();
    const said: string[] = [];
    gate.state$.subscribe((state) => said.push(state.is === 'open' ? 'open' : `held ${state.isPause}`));
    gate.hold(outage, false);
    gate.hold(outage, false);
    gate.hold(outage, true);
    gate.open();
    gate.open();
    expect(said).toEqual(['open', 'held false', 'held true', 'open']);
    of(1).pipe(gate.pass()).subscribe();
  });
});
