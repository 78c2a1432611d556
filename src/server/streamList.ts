import type { FastifyInstance } from 'fastify';
import { routes } from '../ingest/routes.js';
import type { RunPart } from '../model/runStreamName.js';
import type { CatalogueEntry } from './catalogue.js';
import type { DataDirectory } from './dataDirectory.js';

/** A stream, as `GET /streams` lists it. */
export interface ListedStream {
  readonly data_id: string;
  readonly name: string;
  readonly kind: 'rheed' | 'timeseries';
  readonly state: 'open' | 'ended';
  /** The growth run that it is a part of. */
  readonly run?: string;
  readonly part?: RunPart;
  /** Frames or points received so far. */
  readonly frames?: number;
  readonly points?: number;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly physical_sample: CatalogueEntry | null;
  readonly tags: readonly CatalogueEntry[];
  /** The Zarr group that holds it. */
  readonly path: string;
}

/** `GET /streams`: every stream, newest first. */
export const streamList = (app: FastifyInstance, { streams, samples, tags }: DataDirectory): void => {
  app.get(routes.streams, () =>
    Promise.all(
      streams.newestFirst().map(async (stream): Promise<ListedStream> => {
        const { data_id, name, kind, created_unix_ms, ended_unix_ms, physical_sample_id, tag_ids } = stream.record;
        const items = await stream.items();
        return {
          data_id,
          name,
          kind,
          state: ended_unix_ms === null ? 'open' : 'ended',
          ...(stream.run && { run: stream.run.run, part: stream.run.part }),
          ...(kind === 'rheed' ? { frames: items } : { points: items }),
          created: new Date(created_unix_ms).toISOString(),
          physical_sample: physical_sample_id === null ? null : samples.get(physical_sample_id),
          tags: tag_ids.map((id) => tags.get(id)),
          path: stream.path,
        };
      }),
    ),
  );
};
