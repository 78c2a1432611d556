import { inspect } from 'node:util';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { defer, map, NEVER, Observable, take } from 'rxjs';
import { SourceError } from '../../src/model/errors.js';
import { type FromMqttOptions, fromMqtt, samplesOver } from '../../src/sources/fromMqtt.js';
import type { MqttConnection } from '../../src/sources/mqtt/mqttConnection.js';
import type { LinkEvent, LinkSettings } from '../../src/sources/mqtt/mqttLink.js';
import { marbles } from '../../src/testing/marbles.js';

const message = (text: string): LinkEvent => {
  return { type: 'message', topic: 'lab/T', payload: Buffer.from(text), isRetained: false, isRepeated: false };
};
const events = {
  c: { type: 'connected', isResumed: false } as LinkEvent,
  a: message('1'),
  b: message('2'),
  x: message('off'),
};
const letters = { a: 1, b: 2 };
const lost = new SourceError('mqtt://lab', 'unreachable', 'cannot be reached: ECONNREFUSED');

const topics: FromMqttOptions['topics'] = { 'lab/T': { channel: 'T' } };
const options: FromMqttOptions = { topics, retry: { baseMs: 10, random: () => 1 } };

/** The values that come over these links, one after the other. */
const valuesOver = (links: readonly Observable<LinkEvent>[], more: Partial<FromMqttOptions> = {}) => {
  const waiting = [...links];
  const asked: LinkSettings[] = [];
  const open = (settings: LinkSettings) =>
    defer(() => {
      asked.push(settings);
      return waiting.shift() ?? NEVER;
    });
  const samples$ = samplesOver(open, 'mqtt://user:hunter2@lab', { ...options, ...more });
  return { asked, samples$, value$: samples$.pipe(map(({ value }) => value)) };
};

afterEach(() => {
  jest.restoreAllMocks();
});

describe('fromMqtt', () => {
  it('emits samples over one connection after the other, and tells how it stands', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const first = cold('  ca-x-#          ', events, lost);
      const second = cold('           c-b   ', events);
      const expected = '    -a--- 10ms --b  ';
      const left = '        ----- 10ms ----!';
      const told: MqttConnection[] = [];
      const bad: string[] = [];
      const { value$ } = valuesOver([first, second], {
        onConnection: (connection) => told.push(connection),
        onBad: ({ text }) => bad.push(text),
      });
      expectObservable(value$, left).toBe(expected, letters);
      expectSubscriptions(first.subscriptions).toBe('^----!');
      expectSubscriptions(second.subscriptions).toBe('----- 10ms ^---!');
      flush();
      const broker = 'mqtt://lab';
      expect(told).toEqual([
        { state: 'connected', broker, isResumed: false },
        { state: 'away', broker, reason: 'cannot be reached: ECONNREFUSED', retryInMs: 10 },
        { state: 'connected', broker, isResumed: false },
      ]);
      expect(bad).toEqual(['off']);
    });
  });

  it('warns once of an outage, and of its end, when nobody asks', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockReturnValue();
    marbles(({ cold, expectObservable }) => {
      const links = ['#', '#', 'c-#', '#', 'c'].map((drawn) => cold(drawn, events, lost));
      expectObservable(valuesOver(links).value$, '200ms !').toBe('-');
    });
    const away = 'mqtt://lab cannot be reached: ECONNREFUSED; trying again';
    expect(warn.mock.calls.map(([said]) => said)).toEqual([
      away,
      'mqtt://lab is there again',
      away,
      'mqtt://lab is there again',
    ]);
  });

  it('ends at once with a broker that must be there and is not', () => {
    marbles(({ cold, expectObservable }) => {
      const { value$ } = valuesOver([cold('--#', events, lost)], { mustConnect: true });
      expectObservable(value$).toBe('--#', undefined, lost);
    });
  });

  it('completes when it is aborted, and closes its connection', () => {
    const controller = new AbortController();
    const seen: unknown[] = [];
    let closed = 0;
    const { value$ } = valuesOver([new Observable(() => () => closed++)], {
      signal: controller.signal,
    });
    value$.subscribe({ complete: () => seen.push('complete') });
    controller.abort();
    expect([seen, closed]).toEqual([['complete'], 1]);
  });

  it('stops in the middle of what a connection says', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const link = cold('c-(ab)-', events);
      expectObservable(valuesOver([link]).value$.pipe(take(1))).toBe('--(a|)', letters);
      expectSubscriptions(link.subscriptions).toBe('^-!');
    });
  });

  it('asks with what it was given, under a new name each time', () => {
    const { samples$, asked } = valuesOver([], { topics: { 'lab/+': { channel: (topic) => topic } } });
    samples$.subscribe().unsubscribe();
    samples$.subscribe().unsubscribe();
    expect(asked[0]).toEqual({
      url: 'mqtt://lab',
      name: 'mqtt://lab',
      username: 'user',
      password: 'hunter2',
      filters: ['lab/+'],
      qos: 1,
      clientId: expect.stringMatching(/^epistream-[0-9a-f]{8}$/),
      isPersistent: false,
      keepAliveMs: 15_000,
      tls: undefined,
    });
    expect(asked[1]?.clientId).not.toBe(asked[0]?.clientId);
  });

  it('keeps its name, user and password when they are given', () => {
    const given = { clientId: 'growth PC', username: 'other', password: 'x', qos: 2, keepAliveMs: 1 } as const;
    const { samples$, asked } = valuesOver([], given);
    samples$.subscribe().unsubscribe();
    expect(asked[0]).toMatchObject({ ...given, isPersistent: true });
  });

  it('shows no password to whoever looks inside', () => {
    expect(inspect(fromMqtt('mqtt://user:hunter2@lab', { topics }), { depth: 9, showHidden: true })).not.toContain(
      'hunter2',
    );
  });

  it.each([
    ['url', 'lab', {}],
    ['topics', 'mqtt://lab', { topics: {} }],
    ['topics', 'mqtt://lab', { topics: undefined }],
    ['topics', 'mqtt://lab', { topics: { 'a/#/b': { channel: 'x' } } }],
    ["topics['a/+'].channel", 'mqtt://lab', { topics: { 'a/+': { channel: 'x' } } }],
    ["topics['a'].channel", 'mqtt://lab', { topics: { a: { channel: ' ' } } }],
    ['qos', 'mqtt://lab', { qos: 3 }],
    ['keepAliveMs', 'mqtt://lab', { keepAliveMs: 0 }],
    ['retained', 'mqtt://lab', { retained: 'old' }],
    ['clientId', 'mqtt://lab', { clientId: '' }],
  ])('refuses a wrong %s at the call: %s, %p', (field, url, more) => {
    expect(() => fromMqtt(url, { ...options, ...more } as never)).toThrow(
      expect.objectContaining({ _tag: 'InputError', context: expect.objectContaining({ field }) }),
    );
  });
});
