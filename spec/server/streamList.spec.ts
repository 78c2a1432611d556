import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { clientOf, localServers, shards } from './localServer.js';

const { start, directory, tidy } = localServers();
afterEach(tidy);

describe('streamList', () => {
  it('lists every stream, newest first', async () => {
    const { url, dataDir } = await start();
    const client = clientOf(url);
    const run = await client.createRheed({ data_item_name: 'Run' });
    await client.send(run, 0, shards.full);
    await client.end(run);
    const initialize = { stream_name: 'Log', points_per_chunk: 4, project_id: null };
    const { data_id: log } = (await client.post('/tool-state/stream/initialize', initialize)).body;
    const { body } = await client.get('/streams');
    const unlinked = { created: expect.stringMatching(/^\d{4}-.*Z$/), physical_sample: null, tags: [] };
    const path = (dataId: string, store: string) => join(dataDir, dataId, store);
    expect(body).toEqual([
      {
        data_id: log,
        name: 'Log',
        kind: 'timeseries',
        state: 'open',
        points: 0,
        ...unlinked,
        path: path(log, 'channels.zarr'),
      },
      {
        data_id: run,
        name: 'Run',
        kind: 'rheed',
        state: 'ended',
        frames: 20,
        ...unlinked,
        path: path(run, 'frames.zarr'),
      },
    ]);
  });

  it('keeps the order of streams that were made at once, also over a restart', async () => {
    const dataDir = await directory();
    const server = await start({ dataDir });
    const client = clientOf(server.url);
    const ids = await Promise.all(Array.from({ length: 8 }, () => client.createRheed()));
    const { body } = await client.get('/streams');
    expect(body.map(({ data_id }: { data_id: string }) => data_id).sort()).toEqual([...ids].sort());
    await server.close();
    expect((await clientOf((await start({ dataDir })).url).get('/streams')).body).toEqual(body);
  });
});
