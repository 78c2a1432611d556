import { defer, from, ignoreElements, map, type Observable, of, switchMap, tap } from 'rxjs';
import { Agent } from 'undici';
import type { Clock } from '../flow/clock.js';
import type { StreamKind } from '../model/asked.js';
import type { ClockReading } from '../model/clockReading.js';
import type { DataId } from '../model/identifiers.js';
import { type ApiKey, checkApiKey } from './apiKey.js';
import { applyLinks } from './applyLinks.js';
import { CreateRheedReply, PresignReply, TimeReply } from './codecs.js';
import { checkEndpoint, isExposed } from './endpoint.js';
import { Anything, httpCall } from './httpCall.js';
import type { Ingest } from './ingest.js';
import { Pace } from './pace.js';
import { putShard } from './putShard.js';
import { referenceClock } from './referenceClock.js';
import { resolveLinks } from './resolveLinks.js';
import { createRheedRequest, presignQuery, presignRequest } from './rheedRequests.js';
import { routes as defaultRoutes, type Routes } from './routes.js';
import { defaultTimeouts, type Timeouts } from './timeouts.js';

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
const FASTEST_DOCUMENTED_FPS = 120;

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
  const endRoutes: Readonly<Record<StreamKind, string>> = { rheed: routes.endRheed };
  const time$ = call({ step: 'clock', method: 'GET', path: routes.clock, reply: TimeReply, isPublic: true });

  let latest: ClockReading | undefined;
  const clock$ = options.referenceClock === false ? of(undefined) : referenceClock(time$, clock);

  if (isExposed(endpoint)) warn(`the API key travels unencrypted to ${endpoint}: use https`);

  return {
    resolve: resolveLinks(call, routes),
    create: ({ options: asked }) =>
      defer(() => {
        if (asked.fps > FASTEST_DOCUMENTED_FPS)
          warn(`fps is ${asked.fps}: above ${FASTEST_DOCUMENTED_FPS} the platform's behaviour is not documented`);
        const body = createRheedRequest(asked, new Date(clock.wallMs()));
        return call({ step: 'create', method: 'POST', path: routes.createRheed, body, reply: CreateRheedReply });
      }).pipe(map((id) => id as DataId)),
    link: applyLinks(call, routes),
    send: (dataId, { options: asked }, { index }, time, body) =>
      defer(() =>
        call({
          step: 'presign',
          method: 'POST',
          path: routes.uploadUrls,
          query: presignQuery(index),
          body: presignRequest(dataId, asked, time, body, latest),
          reply: PresignReply,
        }),
      ).pipe(switchMap((reply) => put((Array.isArray(reply) ? reply[0] : reply).url, body))),
    end: (kind, dataId) =>
      call({ step: 'end', method: 'POST', path: endRoutes[kind], ids: { dataId }, reply: Anything }).pipe(
        ignoreElements(),
      ),
    clock$: clock$.pipe(
      tap((reading) => {
        latest = reading ?? latest;
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
