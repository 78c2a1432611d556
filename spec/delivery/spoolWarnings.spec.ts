import { describe, expect, it } from '@jest/globals';
import { asyncScheduler, map } from 'rxjs';
import { spoolWarnings } from '../../src/delivery/spoolWarnings.js';
import type { SpoolStatus } from '../../src/model/spoolStatus.js';
import { marbles } from '../../src/testing/marbles.js';

const spool = (status: Partial<SpoolStatus>): SpoolStatus => ({
  dir: '/spool',
  usedBytes: 100,
  roomBytes: 50,
  isFull: false,
  ...status,
});
const states: Record<string, SpoolStatus> = {
  '-': spool({}),
  '1': spool({ hoursLeft: 1 }),
  '2': spool({ hoursLeft: 2 }),
  '3': spool({ hoursLeft: 3 }),
  n: spool({ hoursLeft: 3, roomBytes: 9 }),
  f: spool({ isFull: true, roomBytes: 4 }),
};

/** A look a state, as many as there are; `w` for a warning that it fills up, `F` that it is full. */
const warned = (looks: string): string => {
  let drawn = '';
  marbles(({ cold, flush }) => {
    let look = 0;
    let said = '.';
    const happens$ = cold(`${'x 1s '.repeat(looks.length)}|`);
    spoolWarnings(happens$, () => states[looks[look++]!]!, asyncScheduler)
      .pipe(map((text) => (text.includes('is full') ? 'F' : 'w')))
      .subscribe((mark) => (said = mark));
    happens$.subscribe(() => {
      drawn += said;
      said = '.';
    });
    flush();
  });
  return drawn;
};

describe('a spool is warned of', () => {
  it.each([
    ['once below two hours', '----3321111', '.......w...'],
    ['once around two hours', '-12121-----', '.w.........'],
    ['again after there were three', '-131-------', '.w.w.......'],
    ['not again while it has hardly any room', '-1n1-------', '.w.........'],
    ['once more when it is full', '-1ff1ff----', '.w.F.......'],
    ['when it is full from the start', 'ff---------', '.F.........'],
    ['never when a chunk waits for a moment', '-f-f-f-----', '...........'],
    ['again when it had room in between', '-ff1ff-ff--', '..F.....F..'],
    ['never while it does not grow', '-----------', '...........'],
  ])('%s', (_, looks, expected) => {
    expect(warned(looks)).toBe(expected);
  });

  it('in words that name it and the time', () => {
    const said: string[] = [];
    marbles(({ cold, flush }) => {
      const [filling, full] = [spool({ hoursLeft: 1.26 }), spool({ isFull: true })];
      const looks = [filling, full, full];
      spoolWarnings(cold('x 1s x 1s x|'), () => looks.shift()!, asyncScheduler).subscribe((text) => said.push(text));
      flush();
    });
    expect(said).toEqual([
      'the spool in /spool will be full in 76 minutes at the pace of the last ones',
      'the spool in /spool is full: sources wait, or follow their overflow policy, until the platform has taken some of it',
    ]);
  });

  it('after a look when something happens, a second apart', () => {
    const lookedAt: number[] = [];
    marbles(({ hot, flush }) => {
      const happens$ = hot('--xxx 500ms x 497ms xx 8s x|');
      spoolWarnings(
        happens$,
        () => spool({ usedBytes: lookedAt.push(asyncScheduler.now()) }),
        asyncScheduler,
      ).subscribe();
      flush();
      expect(asyncScheduler.now()).toBe(9006); // the completion: no timer is left
    });
    expect(lookedAt).toEqual([2, 1003, 9005]);
  });
});
