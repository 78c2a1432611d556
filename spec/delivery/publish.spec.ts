import { execFile } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { EMPTY, map, Observable } from 'rxjs';
import { publish } from '../../src/delivery/publish.js';
import type { PlatformStatus } from '../../src/model/platformStatus.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { marbles } from '../../src/testing/marbles.js';

const fromChannel = (name: string): Observable<unknown> =>
  new Observable((subscriber) => {
    const hear = (message: unknown) => subscriber.next(message);
    subscribe(name, hear);
    return () => unsubscribe(name, hear);
  });

/** Events are letters, statuses the number of sessions. */
const eventOf = (letter: string) => letter as unknown as SessionEvent;
const statusOf = (sessions: string) => ({ sessions: Number(sessions) }) as PlatformStatus;
const told$ = fromChannel('epistream:event');
const sessions$ = fromChannel('epistream:status').pipe(map((status) => `${(status as PlatformStatus).sessions}`));

describe('epistream:event', () => {
  it('has every event while somebody listens, as it is', () => {
    marbles(({ hot, expectObservable }) => {
      publish(hot('            a-b-c-d-|').pipe(map(eventOf)), EMPTY);
      const listened = '       -^---!   ';
      expectObservable(told$, listened).toBe('--b-c');
    });
  });
});

describe('epistream:status', () => {
  it('is not worked out for nobody', () => {
    marbles(({ hot, cold, expectSubscriptions }) => {
      const status$ = cold('1--1--0');
      publish(hot('         aaaaaaa|').pipe(map(eventOf)), status$.pipe(map(statusOf)));
      expectSubscriptions(status$.subscriptions).toBe([]);
    });
  });

  it('follows from the next event on, until no session is left', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const status$ = cold('          2--2--1--0--0          ');
      const events = '           a----a--a--a---------b------|';
      const listened = '         --^----------------------!   ';
      const looked = [
        '                        -----^--------!              ',
        '                        ---------------------^-----! ',
      ];
      publish(hot(events).pipe(map(eventOf)), status$.pipe(map(statusOf)));
      expectObservable(sessions$, listened).toBe('-----2--2--1--0------2--2');
      expectSubscriptions(status$.subscriptions).toBe(looked);
    });
  });

  it('is let go with the first status that nobody listens to', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const status$ = cold(' 1---1---1---1');
      publish(hot('         -a-----------|').pipe(map(eventOf)), status$.pipe(map(statusOf)));
      const listened = '    ^-----!      ';
      const looked = '      -^-------!   ';
      expectObservable(sessions$, listened).toBe('-1---1');
      expectSubscriptions(status$.subscriptions).toBe(looked);
    });
  });
});

describe('a subscriber that throws', () => {
  const library = new URL('../../dist/', import.meta.url).href;
  const program = `
    import { subscribe } from 'node:diagnostics_channel';
    import { connect, fromFrames, rheedSink } from '${library}index.js';
    import { frames, startFaultServer } from '${library}testing/index.js';
    const uncaught = new Set();
    process.on('uncaughtException', ({ message }) => uncaught.add(message));
    for (const name of ['event', 'status', 'request'])
      subscribe('epistream:' + name, () => { throw new Error(name); });
    const server = await startFaultServer();
    const platform = connect({ endpoint: server.url, apiKey: 'key', spool: false });
    let last;
    await fromFrames(frames(5))
      .pipe(rheedSink(platform, { fps: 1, rotationsPerMin: 0, chunkSize: 2 }))
      .forEach((event) => (last = event));
    await platform.close();
    await server.close();
    console.log(last.report.delivered, [...uncaught].sort().join());
  `;

  it('is left to Node, and delivery goes on', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
    expect(stdout).toBe('5 event,request,status\n');
  });
});
