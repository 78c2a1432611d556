import { catchError, defer, from, ignoreElements, map, type Observable, of, tap } from 'rxjs';
import { Agent } from 'undici';
import type { Clock } from '../flow/clock.js';
import type { ClockReading } from '../model/clockReading.js';
import type { DataId } from '../model/identifiers.js';
import { type ApiKey, checkApiKey } from './apiKey.js';
import { applyLinks } from './applyLinks.js';
import { TimeReply } from './codecs.js';
import { checkEndpoint, isExposed } from './endpoint.js';
import { httpCall } from './httpCall.js';
import type { Ingest } from './ingest.js';
import { isAnswer } from './isAnswer.js';
import { listStreams } from './listStreams.js';
import { Pace } from './pace.js';
import { putShard } from './putShard.js';
import { referenceClock } from './referenceClock.js';
import { resolveLinks } from './resolveLinks.js';
import { rheedCalls } from './rheedCalls.js';
import { routes as defaultRoutes, type Routes } from './routes.js';
import { defaultTimeouts, type Timeouts } from './timeouts.js';
import { timeseriesCalls } from './timeseriesCalls.js';

/** Where the platform is, and how to talk to it. */
export interface HttpIngestOptions {
  /** Base URL, http or https; a path in it is kept. */
  readonly endpoint: string;
  /** A function is asked at every call, so that a key may be renewed in mid-run. */
  readonly apiKey: ApiKey;
  readonly clock: Clock;
  /** Whether to measure the platform's clock. Default true; false sends host time. */
  readonly referenceClock?: boolean;
  readonly timeouts?: Partial<Timeouts>;
  /** The slowest upload that is waited for, before one has told. Default 2: a link of 64 kbit/s that four of them share. */
  readonly slowestBytesPerMs?: number;
  /** Paths that differ from the platform's. */
  readonly routes?: Partial<Routes>;
  /** Told, once each, of what is doubtful and not refused. Default: a process warning. */
  readonly onWarning?: (message: string) => void;
}

// A list of every sample of a big lab is well below this.
const LONGEST_REPLY = 64 * 1024 * 1024;

/** The platform's HTTP API: each subscription one attempt, each failure an `IngestError`. Throws an `InputError` for bad options. */
export const httpIngest = (options: HttpIngestOptions): Ingest => {
  const { apiKey, clock } = options;
  checkApiKey(apiKey);
  const endpoint = checkEndpoint(options.endpoint);
  const routes: Routes = { ...defaultRoutes, ...options.routes };
  const timeouts: Timeouts = { ...defaultTimeouts, ...options.timeouts };
  // undici's own timeouts are off: they take a slow upload for a dead one, and a reply that trickles for a live one.
  const dispatcher = new Agent({
    connect: { timeout: timeouts.connectMs },
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: LONGEST_REPLY,
  });
  const warn = once(options.onWarning ?? ((message) => process.emitWarning(message, 'EpistreamWarning')));
  const call = httpCall({ endpoint, apiKey, dispatcher, timeouts });
  const put = putShard({ dispatcher, timeouts, pace: new Pace(options.slowestBytesPerMs) });
  const time$ = call({ step: 'clock', method: 'GET', path: routes.clock, reply: TimeReply, isPublic: true });

  let reading: ClockReading | undefined;
  const latest = () => reading;
  const clock$ = options.referenceClock === false ? of(undefined) : referenceClock(time$, clock);
  const rheed = rheedCalls({ call, routes, put, warn, wallMs: () => clock.wallMs(), latest });
  const timeseries = timeseriesCalls({ call, routes, latest });
  const calls = { rheed, timeseries };

  if (isExposed(endpoint)) warn(`the API key travels unencrypted to ${endpoint}: use https`);

  return {
    resolve: resolveLinks(call, routes),
    create: (asked) =>
      (asked.kind === 'rheed' ? rheed.create(asked.options) : timeseries.create(asked.options)).pipe(
        map((id) => id as DataId),
      ),
    link: applyLinks(call, routes),
    send: (dataId, asked, ...chunk) =>
      asked.kind === 'rheed'
        ? rheed.send(dataId, asked.options, ...chunk)
        : timeseries.send(dataId, asked.options, ...chunk),
    end: (kind, dataId) => calls[kind].end(dataId).pipe(ignoreElements()),
    results: (kind, dataId, lastN) =>
      calls[kind].results(dataId, lastN).pipe(
        catchError((error) => {
          if (isAnswer(error, 404)) return of(undefined); // nothing yet
          throw error;
        }),
      ),
    streams: () => listStreams(call, routes),
    clock$: clock$.pipe(
      tap((next) => {
        reading = next ?? reading;
      }),
    ),
    keyMayChange: typeof apiKey === 'function',
    close: (): Observable<never> => defer(() => from(dispatcher.destroy())).pipe(ignoreElements()),
  };
};

const once = (tell: (message: string) => void): ((message: string) => void) => {
  const told = new Set<string>();
  return (message) => {
    if (told.has(message)) return;
    told.add(message);
    tell(message);
  };
};
