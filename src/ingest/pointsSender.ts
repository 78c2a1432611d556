import { catchError, concat, defer, last, type Observable, tap } from 'rxjs';
import type { ChannelPoints } from '../model/channelPoints.js';
import type { ClockReading } from '../model/clockReading.js';
import type { DataId } from '../model/identifiers.js';
import { SentPointsReply } from './codecs.js';
import type { HttpCall } from './httpCall.js';
import { isAnswer } from './isAnswer.js';
import type { Routes } from './routes.js';
import { sendChannelsRequest, sendPointsRequest } from './timeseriesRequests.js';

/** Points of one chunk that have a place on the platform. */
export interface SendingPoints {
  readonly dataId: DataId;
  readonly index: number;
  /** At least one, each with at least one point. */
  readonly channels: readonly ChannelPoints[];
  readonly clock: ClockReading | undefined;
}

/** Sends chunks of points, and remembers whether the platform takes several channels in one request. */
export class PointsSender {
  #takesOneByOne = false;

  constructor(
    private readonly call: HttpCall,
    private readonly routes: Routes,
  ) {}

  /** All channels in one request; to a platform that is too old for it, each in its own. */
  sendTogether(chunk: SendingPoints): Observable<unknown> {
    return defer(() => {
      if (this.#takesOneByOne) return this.sendEach(chunk);
      const { dataId, index, channels, clock } = chunk;
      return this.#post(this.routes.sendChannels, sendChannelsRequest(dataId, index, channels, clock)).pipe(
        catchError((error) => {
          if (!isAnswer(error, 404, 405)) throw error;
          // 404 is also said of a stream that is gone; a route is missing only where the others are there.
          return this.sendEach(chunk).pipe(
            tap(() => {
              this.#takesOneByOne = true;
            }),
          );
        }),
      );
    });
  }

  /** A request a channel, one after the other. Repeating those that went well rewrites the same points. */
  sendEach({ dataId, index, channels, clock }: SendingPoints): Observable<unknown> {
    const sends = channels.map((points) =>
      this.#post(this.routes.sendPoints, sendPointsRequest(dataId, index, points, clock)),
    );
    return concat(...sends).pipe(last());
  }

  #post(path: string, body: object): Observable<unknown> {
    return this.call({ step: 'send', method: 'POST', path, body, reply: SentPointsReply });
  }
}
