import { catchError, map, type Observable, of } from 'rxjs';
import type { DataId } from '../model/identifiers.js';
import type { PlatformStream } from '../model/platformStream.js';
import { ListedStream, StreamsReply } from './codecs.js';
import type { HttpCall } from './httpCall.js';
import { isAnswer } from './isAnswer.js';
import type { Routes } from './routes.js';

/** The streams that the platform lists, of the kinds there are; `undefined` when it has no such list. */
export const listStreams = (call: HttpCall, routes: Routes): Observable<readonly PlatformStream[] | undefined> =>
  call({ step: 'streams', method: 'GET', path: routes.streams, reply: StreamsReply }).pipe(
    map((streams) => streams.filter(ListedStream.is).map(streamOf)),
    catchError((error) => {
      if (isAnswer(error, 404, 405)) return of(undefined);
      throw error;
    }),
  );

const streamOf = ({ data_id, name, kind, state, created }: ListedStream): PlatformStream => ({
  dataId: data_id as DataId,
  name,
  kind,
  state,
  createdAt: Date.parse(created),
});
