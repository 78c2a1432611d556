import { defer, map, of } from 'rxjs';
import { decodePoints } from '../model/channelPoints.js';
import type { ClockReading } from '../model/clockReading.js';
import type { AskedTimeseries } from '../model/timeseriesOptions.js';
import { channelResults } from './channelResults.js';
import { CreateTimeseriesReply, TimeseriesResultsReply } from './codecs.js';
import { Anything, type HttpCall } from './httpCall.js';
import type { KindCalls } from './kindCalls.js';
import { PointsSender } from './pointsSender.js';
import { readingFor } from './referenceTime.js';
import type { Routes } from './routes.js';
import { createTimeseriesRequest } from './timeseriesRequests.js';

export interface TimeseriesCallsOptions {
  readonly call: HttpCall;
  readonly routes: Routes;
  /** The last reading of the platform's clock. */
  readonly latest: () => ClockReading | undefined;
}

/** The calls of a stream of channels. */
export const timeseriesCalls = ({ call, routes, latest }: TimeseriesCallsOptions): KindCalls<AskedTimeseries> => {
  const sender = new PointsSender(call, routes);
  return {
    create: (asked) =>
      call({
        step: 'create',
        method: 'POST',
        path: routes.createTimeseries,
        body: createTimeseriesRequest(asked),
        reply: CreateTimeseriesReply,
      }).pipe(map(({ data_id }) => data_id)),
    send: (dataId, _asked, { index, channel }, time, body) =>
      defer(() => {
        const channels = decodePoints(body.parts).filter(({ times }) => times.length > 0);
        if (channels.length === 0) return of(undefined); // the platform refuses a chunk of nothing
        const chunk = { dataId, index, channels, clock: readingFor(time, latest()) };
        return channel === undefined ? sender.sendTogether(chunk) : sender.sendEach(chunk);
      }).pipe(map(() => ({ sentBytes: body.byteLength }))),
    end: (dataId) =>
      call({ step: 'end', method: 'POST', path: routes.endTimeseries, ids: { dataId }, reply: Anything }),
    results: (dataId, lastN) =>
      call({
        step: 'results',
        method: 'GET',
        path: routes.timeseriesResults,
        ids: { dataId },
        ...(lastN === undefined ? {} : { query: { last_n: String(lastN) } }),
        reply: TimeseriesResultsReply,
      }).pipe(map((reply) => channelResults(reply, lastN))),
  };
};
