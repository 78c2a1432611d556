import { describe, expect, it } from '@jest/globals';
import { asyncScheduler, map, of } from 'rxjs';
import type { Parts } from '../../src/delivery/platform.js';
import { watch } from '../../src/delivery/watch.js';
import type { PlatformStatus } from '../../src/model/platformStatus.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { marbles } from '../../src/testing/marbles.js';

const eventOf = (letter: string) => letter as unknown as SessionEvent;
const status$ = of({ sessions: 0 } as PlatformStatus);

describe('those who watch a platform', () => {
  it('hear every event, and of a spool that fills up', () => {
    const heard: unknown[] = [];
    marbles(({ hot, flush }) => {
      const log = { event: (event: unknown) => heard.push(event), warn: (message: string) => heard.push(message) };
      /** One that needs to be called as it stands. */
      const journals = {
        dir: '/spool',
        spool() {
          return { dir: this.dir, usedBytes: 1, roomBytes: 1, isFull: false, hoursLeft: 1 };
        },
      };
      const clock = { scheduler: asyncScheduler, wallMs: () => 0 };
      watch(hot('ab|').pipe(map(eventOf)), status$, { log, journals, clock } as unknown as Parts);
      flush();
    });
    expect(heard).toEqual(['a', 'the spool in /spool will be full in 60 minutes at the pace of the last ones', 'b']);
  });

  it('may be nobody', () => {
    marbles(({ hot, flush }) => {
      const journals = { spool: () => ({ dir: '/spool', usedBytes: 1, roomBytes: 0, isFull: true }) };
      const clock = { scheduler: asyncScheduler, wallMs: () => 0 };
      watch(hot('a|').pipe(map(eventOf)), status$, { journals, clock } as unknown as Parts);
      expect(flush).not.toThrow();
    });
  });
});
