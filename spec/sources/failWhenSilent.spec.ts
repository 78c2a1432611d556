import { describe, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import { hostClock } from '../../src/flow/hostClock.js';
import { SourceError } from '../../src/model/errors.js';
import { failWhenSilent } from '../../src/sources/failWhenSilent.js';
import { marbles } from '../../src/testing/marbles.js';

const { scheduler } = hostClock;
const silent = new SourceError('the gauge', 'silent', 'has said nothing for 5 ms');

describe('failWhenSilent', () => {
  it.each([
    ['a pause', '        -a----b------', '-a----b----#', '^----------!'],
    ['no first word', '  -------------', '-----#', '     ^----!'],
    ['no pause', '       a---b---c---|', 'a---b---c---|', '^-----------!'],
    ['an end', '         a|', 'a|', '          ^!'],
    ['an error', '       a--#', 'a--#', '      ^--!'],
  ])('hears %s', (name, said, heard, subscription) => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(said);
      const error = name === 'an error' ? 'error' : silent;
      expectObservable(source.pipe(failWhenSilent('the gauge', 5, scheduler))).toBe(heard, undefined, error);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('lets go of its source when it is left', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('a---b--');
      const left = '      --!';
      expectObservable(source.pipe(failWhenSilent('the gauge', 5, scheduler)), left).toBe('a--');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    });
  });

  it.each([undefined, Number.POSITIVE_INFINITY, 2 ** 31])('waits for ever with a limit of %p', (ms) => {
    marbles(({ expectObservable }) => {
      expectObservable(NEVER.pipe(failWhenSilent('the gauge', ms, scheduler)), '2592000s !').toBe('-');
    });
  });
});
