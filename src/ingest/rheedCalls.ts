import { defer, map, switchMap } from 'rxjs';
import type { ClockReading } from '../model/clockReading.js';
import type { RheedOptions } from '../model/rheedOptions.js';
import { CreateRheedReply, PresignReply, RheedResultsReply } from './codecs.js';
import { Anything, type HttpCall } from './httpCall.js';
import type { KindCalls } from './kindCalls.js';
import type { PutShard } from './putShard.js';
import { createRheedRequest, presignQuery, presignRequest } from './rheedRequests.js';
import { rheedResults } from './rheedResults.js';
import type { Routes } from './routes.js';

const FASTEST_DOCUMENTED_FPS = 120;

export interface RheedCallsOptions {
  readonly call: HttpCall;
  readonly routes: Routes;
  readonly put: PutShard;
  readonly warn: (message: string) => void;
  /** The host's clock. */
  readonly wallMs: () => number;
  /** The last reading of the platform's clock. */
  readonly latest: () => ClockReading | undefined;
}

/** The calls of a stream of frames. */
export const rheedCalls = (options: RheedCallsOptions): KindCalls<RheedOptions> => {
  const { call, routes, put, warn, wallMs, latest } = options;
  return {
    create: (asked) =>
      defer(() => {
        if (asked.fps > FASTEST_DOCUMENTED_FPS)
          warn(`fps is ${asked.fps}: above ${FASTEST_DOCUMENTED_FPS} the platform's behaviour is not documented`);
        const body = createRheedRequest(asked, new Date(wallMs()));
        return call({ step: 'create', method: 'POST', path: routes.createRheed, body, reply: CreateRheedReply });
      }),
    send: (dataId, asked, { index }, time, body) =>
      defer(() =>
        call({
          step: 'presign',
          method: 'POST',
          path: routes.uploadUrls,
          query: presignQuery(index),
          body: presignRequest(dataId, asked, time, body, latest()),
          reply: PresignReply,
        }),
      ).pipe(switchMap((reply) => put((Array.isArray(reply) ? reply[0] : reply).url, body))),
    end: (dataId) => call({ step: 'end', method: 'POST', path: routes.endRheed, ids: { dataId }, reply: Anything }),
    results: (dataId, lastN) =>
      call({
        step: 'results',
        method: 'GET',
        path: routes.rheedResults,
        ids: { dataId },
        ...(lastN === undefined ? {} : { query: { last_n: String(lastN) } }),
        reply: RheedResultsReply,
      }).pipe(map(rheedResults)),
  };
};
