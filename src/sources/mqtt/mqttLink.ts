import { defer, mergeMap, Observable } from 'rxjs';
import { SourceError } from '../../model/errors.js';

/** What happens on a connection to a broker, once it is subscribed. */
export type LinkEvent =
  /** `isResumed`: the broker knew us and kept what was published meanwhile. */
  | { readonly type: 'connected'; readonly isResumed: boolean }
  /** `isRepeated`: it may have come before, over an earlier connection. */
  | {
      readonly type: 'message';
      readonly topic: string;
      readonly payload: Uint8Array;
      readonly isRetained: boolean;
      readonly isRepeated: boolean;
    };

/** What a connection is made with. */
export interface LinkSettings {
  readonly url: string;
  /** The broker's, for errors. */
  readonly name: string;
  readonly filters: readonly string[];
  readonly qos: 0 | 1 | 2;
  readonly clientId: string;
  /** Whether the broker keeps messages while we are away. */
  readonly isPersistent: boolean;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly keepAliveMs: number;
  readonly tls?: object | undefined;
}

/** One connection a subscription; it errors with a `SourceError` when there is none, or none any more, and never completes. */
export type OpenLink = (settings: LinkSettings) => Observable<LinkEvent>;

/** What is used of mqtt.js. */
export interface MqttLibrary {
  connect(url: string, options: object): MqttClient;
}

interface MqttClient {
  on(event: 'connect', told: (packet: { readonly sessionPresent?: boolean }) => void): unknown;
  on(event: 'message', told: (topic: string, payload: Uint8Array, packet: MessagePacket) => void): unknown;
  on(event: 'error', told: (error: unknown) => void): unknown;
  on(event: 'close', told: () => void): unknown;
  subscribe(filters: string[], options: { readonly qos: 0 | 1 | 2 }, told: (error: unknown) => void): unknown;
  end(force: boolean): unknown;
}

interface MessagePacket {
  readonly retain?: boolean;
  readonly dup?: boolean;
}

/** How long a broker may take to answer, ms. */
const CONNECT_TIMEOUT_MS = 10_000;

/** A link by the optional package mqtt. */
export const mqttLink =
  (load: () => Promise<MqttLibrary> = () => import('mqtt').then(({ default: mqtt }) => mqtt)): OpenLink =>
  (settings) =>
    defer(() => load().catch((cause) => Promise.reject(notInstalled(settings, cause)))).pipe(
      mergeMap((library) => connection(library, settings)),
    );

const notInstalled = ({ name }: LinkSettings, cause: unknown): SourceError => {
  const reason = 'cannot be asked without the package mqtt: npm install mqtt@5';
  return new SourceError(name, 'not installed', reason, undefined, { cause });
};

const connection = (library: MqttLibrary, settings: LinkSettings): Observable<LinkEvent> =>
  new Observable((subscriber) => {
    const fail = (error: unknown) => subscriber.error(faultOf(error, settings));
    const client = library.connect(settings.url, optionsOf(settings));
    // Not politely: a broker that does not answer would keep the process alive.
    subscriber.add(() => client.end(true));
    client.on('error', fail);
    client.on('close', () => fail({ message: 'the connection was closed' }));
    client.on('message', (topic, payload, { retain: isRetained = false, dup: isRepeated = false }) =>
      subscriber.next({ type: 'message', topic, payload, isRetained, isRepeated }),
    );
    client.on('connect', ({ sessionPresent: isResumed = false }) => {
      const subscribed = () => subscriber.next({ type: 'connected', isResumed });
      client.subscribe([...settings.filters], { qos: settings.qos }, (error) => (error ? fail(error) : subscribed()));
    });
  });

const optionsOf = ({ clientId, isPersistent, username, password, keepAliveMs, tls }: LinkSettings): object => ({
  ...tls,
  clientId,
  clean: !isPersistent,
  username,
  password: password === undefined ? undefined : Buffer.from(password), // text would be in its packet log
  keepalive: Math.ceil(keepAliveMs / 1000),
  connectTimeout: CONNECT_TIMEOUT_MS,
  reconnectPeriod: 0, // whoever subscribes to the link does that
  log: () => {}, // its own log has the password in it
});

/** The broker's answers (CONNACK, SUBACK) have numbers, the network's errors names. */
const faultOf = (error: unknown, { name, password }: LinkSettings): SourceError => {
  const { code, message } = Object(error) as { code?: unknown; message?: string };
  const isAnswer = typeof code === 'number';
  const why = message || String(code);
  const said = password ? why.replaceAll(password, '…') : why;
  return isAnswer && code !== UNAVAILABLE
    ? new SourceError(name, 'refused', `refuses: ${said}`)
    : new SourceError(name, 'unreachable', `cannot be reached: ${said}`);
};

/** "Server unavailable": a broker that is starting. (MQTT 3.1.1, 3.2.2.3) */
const UNAVAILABLE = 3;
