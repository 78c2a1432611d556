import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { SourceError } from '../../../src/model/errors.js';
import { type LinkSettings, mqttLink } from '../../../src/sources/mqtt/mqttLink.js';

const settings: LinkSettings = {
  url: 'mqtt://lab:1884',
  name: 'mqtt://lab:1884',
  filters: ['a', 'b/+'],
  qos: 1,
  clientId: 'me',
  isPersistent: false,
  username: 'user',
  password: 'hunter2',
  keepAliveMs: 1500,
};

/** A client of mqtt.js that is told what happens. */
class FakeClient extends EventEmitter {
  readonly calls: unknown[] = [];
  granted!: (error?: unknown) => void;
  subscribe(...[filters, options, told]: [string[], object, (error?: unknown) => void]) {
    this.calls.push([filters, options]);
    this.granted = told;
  }
  end(force: boolean) {
    this.calls.push(['end', force]);
  }
}

const linked = async (more: Partial<LinkSettings> = {}) => {
  const client = new FakeClient();
  const asked: unknown[] = [];
  const seen: unknown[] = [];
  const connect = (...args: unknown[]) => {
    asked.push(...args);
    return client;
  };
  const subscription = mqttLink(async () => ({ connect }))({ ...settings, ...more }).subscribe({
    next: (event) => seen.push(event),
    error: (error: SourceError) => seen.push(error),
    complete: () => seen.push('complete'),
  });
  await new Promise((resolve) => setImmediate(resolve));
  return { client, asked, seen, subscription };
};

describe('mqttLink', () => {
  it('connects once, with nothing that mqtt.js would do by itself or write down', async () => {
    const { asked } = await linked({ tls: { ca: 'CA' } });
    const [url, { log, ...options }] = asked as [string, { log: (...said: unknown[]) => void }];
    expect(url).toBe('mqtt://lab:1884');
    expect(options).toEqual({
      ca: 'CA',
      clientId: 'me',
      clean: true,
      username: 'user',
      password: Buffer.from('hunter2'),
      keepalive: 2,
      connectTimeout: 10_000,
      reconnectPeriod: 0,
    });
    expect(log('hunter2')).toBeUndefined();
    expect((await linked({ isPersistent: true })).asked[1]).toMatchObject({ clean: false });
  });

  it('is connected when the broker has granted the subscription, and hears messages before that', async () => {
    const { client, seen } = await linked();
    client.emit('connect', { sessionPresent: true });
    client.emit('message', 'a', Buffer.from('1'), { retain: true });
    expect(client.calls).toEqual([[['a', 'b/+'], { qos: 1 }]]);
    client.granted(null);
    client.emit('message', 'b/c', Buffer.from('2'), { dup: true });
    expect(seen).toEqual([
      { type: 'message', topic: 'a', payload: Buffer.from('1'), isRetained: true, isRepeated: false },
      { type: 'connected', isResumed: true },
      { type: 'message', topic: 'b/c', payload: Buffer.from('2'), isRetained: false, isRepeated: true },
    ]);
  });

  it.each([
    [
      'unreachable',
      'error',
      Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      'connect ECONNREFUSED',
    ],
    ['unreachable', 'error', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['unreachable', 'error', new Error('connack timeout'), 'connack timeout'],
    [
      'unreachable',
      'error',
      Object.assign(new Error('Connection refused: Server unavailable'), { code: 3 }),
      'Server unavailable',
    ],
    ['refused', 'error', Object.assign(new Error('Connection refused: Not authorized'), { code: 5 }), 'Not authorized'],
    ['unreachable', 'close', undefined, 'the connection was closed'],
  ])('fails as %s after %s %p, once, and ends its client', async (fault, event, error, reason) => {
    const { client, seen } = await linked();
    client.emit(event, error);
    client.emit('close');
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      context: { source: 'mqtt://lab:1884', fault, reason: expect.stringContaining(reason) },
    });
    expect(client.calls).toEqual([['end', true]]);
  });

  it('fails when a subscription is refused', async () => {
    const { client, seen } = await linked();
    client.emit('connect', {});
    client.granted(Object.assign(new Error('Subscribe error: Not authorized'), { code: 135 }));
    expect(seen).toMatchObject([{ message: 'mqtt://lab:1884 refuses: Subscribe error: Not authorized' }]);
  });

  it('never says the password', async () => {
    const { client, seen } = await linked();
    client.emit('error', Object.assign(new Error('no hunter2 here'), { packet: 'hunter2' }));
    expect(inspect(seen, { depth: 9, showHidden: true })).not.toContain('hunter2');
  });

  it('ends its client when it is left, and never makes one when it is left before', async () => {
    const { client, subscription } = await linked();
    client.emit('connect', {});
    subscription.unsubscribe();
    client.granted(null);
    expect(client.calls.at(-1)).toEqual(['end', true]);
    let made = 0;
    const connect = () => {
      made++;
      return new FakeClient();
    };
    mqttLink(async () => ({ connect }))(settings)
      .subscribe()
      .unsubscribe();
    await new Promise((resolve) => setImmediate(resolve));
    expect(made).toBe(0);
  });

  it('says what to install when mqtt is not there', async () => {
    const cause = Object.assign(new Error("Cannot find package 'mqtt'"), { code: 'ERR_MODULE_NOT_FOUND' });
    const failed = new Promise((_, reject) =>
      mqttLink(() => Promise.reject(cause))(settings).subscribe({ error: reject }),
    );
    await expect(failed).rejects.toMatchObject({
      message: 'mqtt://lab:1884 cannot be asked without the package mqtt: npm install mqtt@5',
      cause,
      context: { fault: 'not installed' },
    });
  });
});
