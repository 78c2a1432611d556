import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { clientOf, localServers, readAttributes, shards } from './localServer.js';

const { start, tidy } = localServers();
afterEach(tidy);

const asked = {
  data_item_name: 'Growth run 42',
  rotational_period: 40,
  rotations_per_min: 15,
  fps_capture_rate: 10,
  project_id: '44444444-4444-4444-8444-444444444444',
};

describe('rheedStreams', () => {
  it('answers with the id as a bare JSON string, and keeps all that it was asked for', async () => {
    const { url, dataDir } = await start();
    const { status, headers, body } = await clientOf(url).post('/rheed/stream/', asked);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(body).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(await readAttributes(join(dataDir, body, 'frames.zarr'))).toEqual({
      ...asked,
      name: 'Growth run 42',
      kind: 'rheed',
      data_id: body,
      created: expect.stringMatching(/^\d{4}-.*Z$/),
      ended: null,
      physical_sample: null,
      physical_sample_id: null,
      tags: [],
      tag_ids: [],
      filled_slots: 0,
    });
  });

  it('keeps the azimuth of a stationary sample', async () => {
    const { url, dataDir } = await start();
    const dataId = await clientOf(url).createRheed({ azimuth_label: '100' });
    const attributes = await readAttributes(join(dataDir, dataId, 'frames.zarr'));
    expect(attributes).toMatchObject({ azimuth_label: '100', rotational_period: null });
  });

  it('gives a stream with a blank name one', async () => {
    const client = clientOf((await start()).url);
    await client.createRheed({ data_item_name: ' ' });
    expect((await client.get('/streams')).body[0].name).toMatch(/^RHEED Stream @ /);
  });

  it.each([
    [['data_item_name', 'rotational_period', 'rotations_per_min', 'fps_capture_rate'], {}],
    [['fps_capture_rate'], { ...asked, fps_capture_rate: '10' }],
    [['rotational_period'], { ...asked, rotational_period: 'Infinity' }],
    [['project_id'], { ...asked, project_id: 7 }],
  ])('refuses a body of which %p does not decode', async (fields, body) => {
    const reply = await clientOf((await start()).url).post('/rheed/stream/', body);
    expect(reply.status).toBe(422);
    expect(new Set(reply.body.detail.map(({ loc }: { loc: string[] }) => loc.join('.')))).toEqual(
      new Set(fields.map((field) => `body.${field}`)),
    );
  });

  it('ends a stream, twice if asked, and says so in the store', async () => {
    const { url, dataDir } = await start();
    const client = clientOf(url);
    const dataId = await client.createRheed();
    await client.send(dataId, 0, shards.full);
    expect(await client.end(dataId)).toMatchObject({ status: 200, body: {} });
    const { ended } = await readAttributes(join(dataDir, dataId, 'frames.zarr'));
    expect(ended).toMatch(/^\d{4}-.*Z$/);
    expect((await client.end(dataId)).status).toBe(200);
    expect(await readAttributes(join(dataDir, dataId, 'frames.zarr'))).toMatchObject({ ended, filled_slots: 20 });
  });

  it('takes an end whose body is said to be JSON and is not there', async () => {
    const { url } = await start();
    const client = clientOf(url, { 'content-type': 'application/json' });
    const dataId = await clientOf(url).createRheed();
    expect((await client.end(dataId)).status).toBe(200);
  });

  it('knows no stream that nobody made, or of another kind', async () => {
    const client = clientOf((await start()).url);
    const initialize = { stream_name: null, points_per_chunk: 4, project_id: null };
    const { data_id } = (await client.post('/tool-state/stream/initialize', initialize)).body;
    for (const dataId of ['11111111-1111-4111-8111-111111111111', '..%2f..', data_id])
      expect((await client.end(dataId)).status).toBe(404);
  });
});
