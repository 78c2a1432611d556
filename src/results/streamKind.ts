import { defer, map, type Observable, of, tap } from 'rxjs';
import type { Ingest } from '../ingest/ingest.js';
import type { StreamKind } from '../model/asked.js';
import { InputError } from '../model/errors.js';
import type { DataId } from '../model/identifiers.js';

/**
 * What a stream is of, as the platform lists it; asked once. An `InputError` when it lists no such stream, or has no list.
 *
 * @internal
 */
export const streamKind = (ingest: Ingest, dataId: DataId): Observable<StreamKind> => {
  let known: StreamKind | undefined;
  const asked$ = defer(() => ingest.streams()).pipe(
    map((streams) => {
      if (streams === undefined)
        throw new InputError('kind', undefined, 'must be given: the platform lists no streams');
      const found = streams.find((stream) => stream.dataId === dataId);
      if (found === undefined) throw new InputError('dataId', dataId, 'must be a stream that the platform lists');
      return found.kind;
    }),
    tap((kind) => {
      known = kind;
    }),
  );
  return defer(() => (known === undefined ? asked$ : of(known)));
};
