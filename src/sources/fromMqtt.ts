import { randomBytes } from 'node:crypto';
import { defer, mergeMap, type Observable, takeUntil } from 'rxjs';
import type { Clock } from '../flow/clock.js';
import { hostClock } from '../flow/hostClock.js';
import type { RetryPolicy } from '../flow/retryPolicy.js';
import { checkOptionNames } from '../model/checkOptionNames.js';
import { InputError } from '../model/errors.js';
import type { Sample } from '../model/sample.js';
import { aborted } from './aborted.js';
import type { BadReading } from './badReading.js';
import { brokerAddress } from './mqtt/brokerAddress.js';
import { messageSamples } from './mqtt/messageSamples.js';
import type { MqttConnection } from './mqtt/mqttConnection.js';
import { type LinkSettings, mqttLink, type OpenLink } from './mqtt/mqttLink.js';
import { checkTopics, type MqttTopics, type ParseMqtt } from './mqtt/mqttTopics.js';
import { parsePayload } from './mqtt/parsePayload.js';
import { reconnecting } from './mqtt/reconnecting.js';
import { warnOfOutages } from './mqtt/warnOfOutages.js';
import { tellBad } from './tellBad.js';

/** How {@link fromMqtt} listens. */
export interface FromMqttOptions {
  /** What to subscribe to, and which channel it is. */
  readonly topics: MqttTopics;
  /**
   * What a message says. Default: a number as text (`23.5`, `NaN`), or JSON: a number, `true` and `false` (1 and 0), or
   * `{ "value": 23.5, "t": 1686529404656, "units": "C" }`, with `t` in ms UTC or ISO 8601 with a zone.
   */
  readonly parse?: ParseMqtt;
  /** Default: that of the URL. */
  readonly username?: string;
  /** Default: that of the URL. It is never said in an error or a warning. */
  readonly password?: string;
  /** Certificates, for `mqtts:` and `wss:`. */
  readonly tls?: {
    /** PEM. */
    readonly ca?: string | Uint8Array;
    readonly cert?: string | Uint8Array;
    readonly key?: string | Uint8Array;
    readonly passphrase?: string;
    readonly rejectUnauthorized?: boolean;
    readonly servername?: string;
  };
  /** Default 1: the broker sends a message until it has arrived. */
  readonly qos?: 0 | 1 | 2;
  /**
   * A name that is this program's alone, also after a restart: the broker then keeps what is published (with QoS 1 or 2) while we are away,
   * and goes on doing so when nobody comes back. Such messages arrive late, so their payloads should have a time. Default: a new
   * name each time, and what is published while we are away is not heard.
   */
  readonly clientId?: string;
  /**
   * What a retained message is whose payload has no time: nothing (`'skip'`, nobody knows how old it is), or said now, on every connection
   * (`'now'`, for setpoints and states). With a time it counts unless its channel has said something since. Default `'skip'`.
   */
  readonly retained?: 'skip' | 'now';
  /** Whether a broker that is not there at first is an error. Default false: a lab's computer may start before its broker. */
  readonly mustConnect?: boolean;
  /** Waits between attempts. Default: up to 1 s before the first, doubling up to 30 s, each time at random. */
  readonly retry?: Pick<RetryPolicy, 'baseMs' | 'capMs' | 'random'>;
  /** How often the connection is tried, ms: a broker that does not answer for one and a half of it is away. Default 15,000. */
  readonly keepAliveMs?: number;
  /** Told whenever the source is connected, and before each further attempt. Default: a process warning when an outage begins and ends. */
  readonly onConnection?: (connection: MqttConnection) => void;
  /** Told of messages that are no readings. Default: a process warning for the first of each topic. */
  readonly onBad?: (bad: BadReading) => void;
  /** Aborting completes the stream and closes the connection. */
  readonly signal?: AbortSignal;
  /** Names the moments of arrival, and moves the waits. Default: this computer's. */
  readonly clock?: Clock;
}

/**
 * Emits what is published to topics of an MQTT broker, as samples. It needs the package `mqtt` (`npm install mqtt@5`).
 *
 * The time of a sample is that of its payload; without one it is that of its arrival (host clock, ms UTC, rising within a channel). The
 * source connects again by itself, for ever, when the broker goes away or is not there yet, and subscribes anew. With QoS 1 a message may come
 * twice after an outage: one whose payload has a time that its channel has passed is left out. A message that is no reading is told to
 * `onBad` and passed over. Leaving closes the connection.
 *
 * ```
 * lab/T (QoS 1)              23.1  23.2   -- broker away --   23.5
 * onConnection    connected               away  away     connected
 * fromMqtt                   a     b                          c
 * ```
 *
 * @throws InputError at the call, for a URL that is no broker's and options that are none. The Observable fails with a `SourceError`:
 * `'refused'` when the broker refuses the first connection (a wrong password) or a subscription, `'unreachable'` when it is not there at first
 * and `mustConnect` is set, `'not installed'` without the package.
 *
 * @example A broker that is not there yet
 * ```ts
 * import { fromMqtt } from 'epistream';
 *
 * const temperature$ = fromMqtt('mqtt://lab:secret@127.0.0.1:1', {
 *   topics: {
 *     'lab/pyro/temperature': { channel: 'temperature', units: 'C' },
 *     'lab/gauges/+/pressure': { channel: (topic) => `${topic.split('/')[2]} pressure`, units: 'mbar' },
 *   },
 *   onConnection: ({ state, broker }) => {
 *     console.log(broker, 'is', state);
 *     listening.unsubscribe();
 *   },
 * });
 * const listening = temperature$.subscribe(({ channel, t, value, units }) => console.log(channel, t, value, units));
 * // → mqtt://127.0.0.1:1 is away
 * ```
 */
export const fromMqtt = (url: string, options: FromMqttOptions): Observable<Sample> =>
  samplesOver(mqttLink(), url, options);

const OPTION_NAMES: readonly (keyof FromMqttOptions)[] = [
  'topics',
  'parse',
  'username',
  'password',
  'tls',
  'qos',
  'clientId',
  'retained',
  'mustConnect',
  'retry',
  'keepAliveMs',
  'onConnection',
  'onBad',
  'signal',
  'clock',
];

/**
 * As `fromMqtt`, over another link.
 *
 * @internal
 */
export const samplesOver = (open: OpenLink, url: string, options: FromMqttOptions): Observable<Sample> => {
  checkOptionNames('fromMqtt', options, OPTION_NAMES);
  const settings = settingsOf(url, options);
  const { name } = settings;
  const { topics, parse = parsePayload, retained = 'skip', mustConnect = false, clock = hostClock } = options;
  return defer(() => {
    const readOrTell = tellBad(options.onBad);
    const samplesOf = messageSamples({ topics, parse, retained, clock, readOrTell });
    const onConnection = options.onConnection ?? warnOfOutages();
    const retry = { baseMs: 1000, ...options.retry };
    const clientId = options.clientId ?? `epistream-${randomBytes(4).toString('hex')}`;
    return open({ ...settings, clientId }).pipe(
      reconnecting({ name, retry, mustConnect, onConnection, scheduler: clock.scheduler }),
      mergeMap((event) => (event.type === 'message' ? samplesOf(event) : [])),
      takeUntil(aborted(options.signal)),
    );
  });
};

const settingsOf = (url: string, options: FromMqttOptions): LinkSettings => {
  const address = brokerAddress(url);
  const { topics, qos = 1, clientId, keepAliveMs = 15_000, retained = 'skip', tls } = options;
  checkTopics(topics);
  if (qos !== 0 && qos !== 1 && qos !== 2) throw new InputError('qos', qos, 'must be 0, 1 or 2');
  if (!(keepAliveMs > 0)) throw new InputError('keepAliveMs', keepAliveMs, 'must be above 0 ms');
  if (retained !== 'skip' && retained !== 'now') throw new InputError('retained', retained, "must be 'skip' or 'now'");
  if (clientId?.trim() === '') throw new InputError('clientId', clientId, 'must be a name that is not blank');
  const { username = address.username, password = address.password } = options;
  const filters = Object.keys(topics);
  const isPersistent = clientId !== undefined;
  return { ...address, username, password, filters, qos, clientId: '', isPersistent, keepAliveMs, tls };
};
