import { describe, expect, it } from '@jest/globals';
import { asyncScheduler, defer, EMPTY, finalize, map, type Observable, range, Subject, tap, timer } from 'rxjs';
import { type Lane, type LanesOptions, lanes } from '../../src/delivery/lanes.js';
import { Places } from '../../src/delivery/places.js';
import type { Pending } from '../../src/journal/sessionJournal.js';
import { marbles } from '../../src/testing/marbles.js';

const pending = (index: number): Pending => ({
  chunk: { index, revision: 0, items: 1 },
  time: { startMs: 0, timeBase: 'host' },
  body: () => EMPTY,
});
const named = Object.fromEntries([...'abcdefgh'].map((name, index) => [name, pending(index)]));

/** A platform that takes `ms` for a chunk, and notes when each was begun: `0 live`, at 5. */
class Traffic {
  readonly begun: string[] = [];
  busy = 0;
  mostBusy = 0;

  constructor(
    private readonly ms: number,
    readonly places = new Places(1),
  ) {}

  readonly send = ({ chunk }: Pending, lane: Lane, session = ''): Observable<unknown> => {
    const sending$ = defer(() => {
      this.begun.push(`${asyncScheduler.now() / 1000} s: ${session}${chunk.index} ${lane}`);
      this.mostBusy = Math.max(this.mostBusy, ++this.busy);
      return timer(this.ms).pipe(finalize(() => this.busy--));
    });
    return lane === 'backlog' ? sending$.pipe(this.places.pass()) : sending$;
  };

  options(options: Partial<LanesOptions> = {}): LanesOptions {
    return { inFlight: 2, places: this.places, scheduler: asyncScheduler, isOld: false, ...options };
  }
}

describe('the chunks of a session', () => {
  it('go oldest first, as many at a time as may, and are over when all have gone', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const sends = [cold('---|'), cold('-|'), cold('-----|'), cold('--|')];
      const source = hot('      (abc)-d|                 ', named);
      const sent = source.pipe(lanes(new Traffic(0).options(), ({ chunk }) => sends[chunk.index]!));
      expectObservable(sent).toBe('        --------|');
      expectSubscriptions(sends[0]!.subscriptions).toBe('^--!      ');
      expectSubscriptions(sends[1]!.subscriptions).toBe('^!        ');
      expectSubscriptions(sends[2]!.subscriptions).toBe('-^----!   ');
      expectSubscriptions(sends[3]!.subscriptions).toBe('------^-! ');
    });
  });

  it('stop when one of them fails for good', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const sends = [cold('---|'), cold('-#'), cold('|')];
      const source = hot('                (ab)-c', named);
      const sent = source.pipe(lanes(new Traffic(0).options(), ({ chunk }) => sends[chunk.index]!));
      expectObservable(sent).toBe('       -#');
      expectSubscriptions(source.subscriptions).toBe('   ^!');
      expectSubscriptions(sends[0]!.subscriptions).toBe('^!');
    });
  });

  it('are left where they are when nobody sends them any more', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const sends = [cold('---|'), cold('---|'), cold('|')];
      const source = hot('                (abc)-', named);
      const sent = source.pipe(lanes(new Traffic(0).options(), ({ chunk }) => sends[chunk.index]!));
      expectObservable(sent, '            -!').toBe('--');
      expectSubscriptions(source.subscriptions).toBe('   ^!');
      expectSubscriptions(sends[1]!.subscriptions).toBe('^!');
    });
  });

  it('fail as their source does', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot<Pending>('--#').pipe(lanes(new Traffic(0).options(), () => EMPTY))).toBe('--#');
    });
  });

  it('are sent by the hundred thousand, also when all of them go at once', () => {
    const first$ = new Subject<never>();
    let sent = 0;
    let isOver = false;
    range(0, 100_000)
      .pipe(
        map(pending),
        lanes(new Traffic(0).options({ inFlight: 1 }), ({ chunk }) =>
          (chunk.index === 0 ? first$ : EMPTY).pipe(tap({ complete: () => sent++ })),
        ),
      )
      .subscribe({ complete: () => (isOver = true) });
    first$.complete();
    expect([sent, isOver]).toEqual([100_000, true]);
  });
});

describe('a chunk that has waited for a minute', () => {
  it('waits for younger ones', () => {
    marbles(({ hot, flush }) => {
      const traffic = new Traffic(40_000);
      hot('(abc) 69995ms d|', named)
        .pipe(lanes(traffic.options({ inFlight: 1 }), traffic.send))
        .subscribe();
      flush();
      expect(traffic.begun).toEqual(['0 s: 0 live', '40 s: 1 live', '80 s: 3 live', '120 s: 2 backlog']);
    });
  });

  it('leaves all the places of its session to younger ones', () => {
    marbles(({ hot, flush }) => {
      const traffic = new Traffic(50_000);
      hot('(abcd) 89994ms (ef)|', named).pipe(lanes(traffic.options(), traffic.send)).subscribe();
      flush();
      expect(traffic.begun).toEqual([
        '0 s: 0 live',
        '0 s: 1 live',
        '50 s: 2 live',
        '50 s: 3 live',
        '100 s: 4 live',
        '100 s: 5 live',
      ]);
    });
  });

  it('is sent from half of the places at most, so that a younger one finds one free', () => {
    marbles(({ hot, flush }) => {
      const traffic = new Traffic(40_000, new Places(2));
      const source = hot('(abcdef) 10s g|', named);
      source.pipe(lanes(traffic.options({ inFlight: 4, isOld: true }), traffic.send)).subscribe();
      flush();
      expect(traffic.begun.map((line) => line.split(' ')[0])).toEqual(['0', '0', '40', '40', '80', '80', '120']);
      expect(traffic.mostBusy).toBe(2);
    });
  });
});

describe('the backlogs of several sessions', () => {
  it('share their places, in turn', () => {
    marbles(({ cold, flush }) => {
      const traffic = new Traffic(1000);
      const run = (name: string) =>
        cold('(abc|)', named)
          .pipe(lanes(traffic.options({ isOld: true }), (chunk, lane) => traffic.send(chunk, lane, name)))
          .subscribe();
      run('A');
      run('B');
      flush();
      expect(traffic.begun.map((line) => line.split(' ')[2])).toEqual(['A0', 'B0', 'A1', 'B1', 'A2', 'B2']);
      expect(traffic.mostBusy).toBe(1);
    });
  });

  it('lose no turn to a session whose live chunks have taken all its places', () => {
    marbles(({ cold, flush }) => {
      const traffic = new Traffic(100_000);
      const one = (marbles: string, inFlight: number, name: string, isOld: boolean) =>
        cold(marbles, named)
          .pipe(lanes(traffic.options({ inFlight, isOld }), (chunk, lane) => traffic.send(chunk, lane, name)))
          .subscribe();
      // L's backlog asks at 100 s, behind B's; its live chunk comes before there is an answer.
      one('(ab) 149996ms c|', 1, 'L', false);
      one('(ab|)', 2, 'A', true);
      one('(ab|)', 1, 'B', true);
      flush();
      expect(traffic.begun).toEqual([
        '0 s: L0 live',
        '0 s: A0 backlog',
        '100 s: B0 backlog',
        '150 s: L2 live',
        '200 s: A1 backlog',
        '300 s: B1 backlog',
        '400 s: L1 backlog',
      ]);
    });
  });
});
