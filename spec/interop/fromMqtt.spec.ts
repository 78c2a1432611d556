import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import mqtt, { type MqttClient } from 'mqtt';
import { filter, lastValueFrom, map, ReplaySubject, take, toArray } from 'rxjs';
import { type FromMqttOptions, fromMqtt } from '../../src/sources/fromMqtt.js';
import type { MqttConnection } from '../../src/sources/mqtt/mqttConnection.js';
import { Broker } from './mosquitto.js';

const topics: FromMqttOptions['topics'] = {
  'lab/T': { channel: 'T', units: 'C' },
  'lab/+/p': { channel: (topic) => `${topic.split('/')[1]} pressure` },
};
const quickly = { baseMs: 20, capMs: 100, random: () => 1 };
const start = 1_686_529_404_656;
const json = (n: number) => JSON.stringify({ value: n, t: start + n });
const upTo = (n: number) => Array.from({ length: n }, (_, index) => index);

describe('fromMqtt and mosquitto', () => {
  let broker: Broker;
  const publishers: MqttClient[] = [];
  beforeEach(async () => {
    broker = await Broker.make();
  }, 300_000);
  afterEach(async () => {
    for (const publisher of publishers.splice(0)) await publisher.endAsync(true);
    await broker?.remove();
  });

  const publisher = async (): Promise<MqttClient> => {
    const client = await mqtt.connectAsync(broker.url, { reconnectPeriod: 50, clientId: 'instrument', clean: false });
    publishers.push(client);
    return client;
  };

  /** A source that is being listened to: what it says, and how it stands. */
  const listen = (options: Partial<FromMqttOptions> = {}) => {
    const state$ = new ReplaySubject<MqttConnection['state']>();
    const value$ = new ReplaySubject<number>();
    const samples$ = fromMqtt(broker.url, {
      topics,
      retry: quickly,
      onConnection: ({ state }) => state$.next(state),
      ...options,
    });
    const subscription = samples$.pipe(map(({ value }) => value)).subscribe(value$);
    const is = (state: MqttConnection['state'], nth = 1) =>
      lastValueFrom(
        state$.pipe(
          filter((one) => one === state),
          take(nth),
        ),
      );
    const heard = (count: number) => lastValueFrom(value$.pipe(take(count), toArray()));
    return { is, heard, subscription };
  };

  it('reads channels of topics and patterns, and of what was retained only what has a time', async () => {
    await broker.start();
    const instrument = await publisher();
    await instrument.publishAsync('lab/T', '1', { qos: 1, retain: true });
    await instrument.publishAsync('lab/LL/p', json(7), { qos: 1, retain: true });
    const before = Date.now();
    const state$ = new ReplaySubject<MqttConnection>();
    const samples = lastValueFrom(
      fromMqtt(broker.url, { topics, onConnection: (state) => state$.next(state) }).pipe(take(3), toArray()),
    );
    await lastValueFrom(state$.pipe(take(1)));
    for (const [topic, text] of [
      ['lab/T', '23.5'],
      ['lab/GM1/p', 'off'],
      ['lab/GM1/p', '1e-9'],
      ['other', '1'],
    ])
      await instrument.publishAsync(topic!, text!, { qos: 1 });
    expect(await samples).toEqual([
      { channel: 'LL pressure', t: start + 7, value: 7 },
      { channel: 'T', t: expect.any(Number), value: 23.5, units: 'C' },
      { channel: 'GM1 pressure', t: expect.any(Number), value: 1e-9 },
    ]);
    expect((await samples)[1]?.t).toBeGreaterThanOrEqual(before);
  });

  it('waits for a broker that is not there yet', async () => {
    const { is, heard, subscription } = listen();
    await is('away', 2);
    await broker.start();
    await is('connected');
    await (await publisher()).publishAsync('lab/T', '1', { qos: 1 });
    expect(await heard(1)).toEqual([1]);
    subscription.unsubscribe();
  });

  it('loses nothing of what is published while its broker is killed and it is away', async () => {
    await broker.start();
    const { is, heard, subscription } = listen({
      clientId: 'growth PC',
      retry: { ...quickly, baseMs: 1500, capMs: 1500 },
    });
    await is('connected');
    const instrument = await publisher();
    await Promise.all(upTo(50).map((n) => instrument.publishAsync('lab/T', json(n), { qos: 1 })));
    await heard(50);
    await new Promise((resolve) => setTimeout(resolve, 1200)); // the broker's session is on its disk
    await broker.kill();
    await is('away');
    const published = Promise.all(
      upTo(100)
        .slice(50)
        .map((n) => instrument.publishAsync('lab/T', json(n), { qos: 1 })),
    );
    await broker.start();
    await published; // all are at the broker, before the source is
    expect(await heard(100)).toEqual(upTo(100));
    await is('connected', 2);
    await instrument.publishAsync('lab/T', json(100), { qos: 1 });
    expect(await heard(101)).toEqual(upTo(101));
    subscription.unsubscribe();
  });

  it('goes on after a broker that was killed, without what it did not hear, when it has no name of its own', async () => {
    await broker.start();
    const { is, heard, subscription } = listen({ retry: { ...quickly, baseMs: 1000, capMs: 1000 } });
    await is('connected');
    const instrument = await publisher();
    await instrument.publishAsync('lab/T', json(0), { qos: 1 });
    await heard(1);
    await broker.kill();
    await is('away');
    const missed = instrument.publishAsync('lab/T', json(1), { qos: 1 });
    await broker.start();
    await missed;
    await is('connected', 2);
    await instrument.publishAsync('lab/T', json(2), { qos: 1 });
    expect(await heard(2)).toEqual([0, 2]);
    subscription.unsubscribe();
  });

  it('notices a broker that falls silent, and its return', async () => {
    await broker.start();
    const { is, heard, subscription } = listen({ keepAliveMs: 1000 });
    await is('connected');
    broker.freeze();
    await is('away');
    broker.thaw();
    await is('connected', 2);
    await (await publisher()).publishAsync('lab/T', '1', { qos: 1 });
    expect(await heard(1)).toEqual([1]);
    subscription.unsubscribe();
  });

  it('leaves no handle when it is left: connected, connecting, or waiting', async () => {
    const handles = () =>
      process
        .getActiveResourcesInfo()
        .filter((kind) => kind.startsWith('TCP') || kind === 'Timeout')
        .sort();
    const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await new Promise((resolve) => setTimeout(resolve, 100)); // what others have left
    const free = handles();
    /** Those of others may go meanwhile. */
    const ours = () => {
      const before = [...free];
      return handles().filter((kind) => {
        const at = before.indexOf(kind);
        if (at >= 0) before.splice(at, 1);
        return at < 0;
      });
    };

    const waiting = listen({ retry: { baseMs: 60_000, random: () => 1 } });
    await waiting.is('away');
    waiting.subscription.unsubscribe();
    await settled();
    expect(ours()).toEqual([]);

    await broker.start();
    const connected = listen();
    await connected.is('connected');
    expect(ours()).not.toEqual([]);
    connected.subscription.unsubscribe();
    const connecting = listen();
    await settled();
    connecting.subscription.unsubscribe();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ours()).toEqual([]);
  });

  it('fails with a wrong password, which nobody sees, and takes the right one out of the URL', async () => {
    const guarded = await Broker.make({ username: 'lab', password: 'r1ght' });
    try {
      await guarded.start();
      const urlWith = (password: string) => guarded.url.replace('//', `//lab:${password}@`);
      const failed = await lastValueFrom(fromMqtt(urlWith('wr0ng'), { topics })).catch((error: unknown) => error);
      expect(failed).toMatchObject({ _tag: 'SourceError', context: { source: guarded.url, fault: 'refused' } });
      expect(inspect(failed, { depth: 9, showHidden: true })).not.toContain('wr0ng');
      const state$ = new ReplaySubject<MqttConnection>();
      const onConnection = (state: MqttConnection) => state$.next(state);
      const subscription = fromMqtt(urlWith('r1ght'), { topics, onConnection }).subscribe();
      expect(await lastValueFrom(state$.pipe(take(1)))).toEqual({
        state: 'connected',
        broker: guarded.url,
        isResumed: false,
      });
      subscription.unsubscribe();
    } finally {
      await guarded.remove();
    }
  });
});
