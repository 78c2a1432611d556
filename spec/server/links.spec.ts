import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { clientOf, localServers, readAttributes } from './localServer.js';

const { start, directory, tidy } = localServers();
afterEach(tidy);

const project = '44444444-4444-4444-8444-444444444444';
const nobody = '11111111-1111-4111-8111-111111111111';

describe('links', () => {
  it.each(['/physical_samples/', '/tags/'])('lists at %s what was created there', async (route) => {
    const client = clientOf((await start()).url);
    const { status, body } = await client.post(route, { name: ' GaN-001 ' });
    expect({ status, body }).toEqual({ status: 200, body: { id: expect.any(String), name: 'GaN-001' } });
    expect((await client.get(route)).body).toEqual([body]);
  });

  it.each(['/physical_samples/', '/tags/'])('answers 409 at %s with the one of that name', async (route) => {
    const client = clientOf((await start()).url);
    const { body } = await client.post(route, { name: 'GaN-001' });
    expect(await client.post(route, { name: 'gan-001' })).toMatchObject({
      status: 409,
      body: { detail: { id: body.id } },
    });
  });

  it('makes one sample of a name that two streams ask for at once', async () => {
    const client = clientOf((await start()).url);
    const replies = await Promise.all([1, 2, 3].map(() => client.post('/physical_samples/', { name: 'GaN-001' })));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await client.get('/physical_samples/')).body).toHaveLength(1);
  });

  it.each([{}, { name: 7 }, { name: ' ' }, [], 'GaN'])('refuses the sample %p', async (body) => {
    const client = clientOf((await start()).url);
    expect(await client.post('/physical_samples/', body)).toMatchObject({
      status: 422,
      body: { detail: expect.anything() },
    });
  });

  it('links a sample and tags to a stream, and says so in the list and in the store', async () => {
    const server = await start();
    const client = clientOf(server.url);
    const dataId = await client.createRheed();
    const { body: sample } = await client.post('/physical_samples/', { name: 'GaN-001' });
    const { body: growth } = await client.post('/tags/', { name: 'Growth' });
    const { body: night } = await client.post('/tags/', { name: 'Night' });
    const replies = [
      await client.post('/data_entries/physical_sample', { data_ids: [dataId], physical_sample_id: sample.id }),
      await client.post('/tags/data-items/', { data_ids: [dataId], tag_ids: [growth.id] }),
      await client.post('/tags/data-items/', { data_ids: [dataId], tag_ids: [night.id, growth.id] }),
    ];
    expect(replies.map(({ status, body }) => [status, body])).toEqual(replies.map(() => [200, {}]));
    expect((await client.get('/streams')).body).toMatchObject([{ physical_sample: sample, tags: [growth, night] }]);
    expect(await readAttributes(join(server.dataDir, dataId, 'frames.zarr'))).toMatchObject({
      physical_sample: 'GaN-001',
      tags: ['Growth', 'Night'],
    });
  });

  it('lets a project track a sample, and remembers', async () => {
    const { url, dataDir } = await start();
    const client = clientOf(url);
    const { body: sample } = await client.post('/physical_samples/', { name: 'GaN-001' });
    const track = { physical_sample_id: sample.id, set_active: true };
    expect(await client.post(`/projects/${project}/configuration/tracking_samples`, track)).toMatchObject({
      status: 200,
      body: {},
    });
    expect(JSON.parse(await readFile(join(dataDir, 'tracked_samples.json'), 'utf8'))).toEqual([
      { project_id: project, physical_sample_id: sample.id, active: true },
    ]);
  });

  it('knows neither samples, nor tags, nor streams that nobody made', async () => {
    const client = clientOf((await start()).url);
    const dataId = await client.createRheed();
    const { body: sample } = await client.post('/physical_samples/', { name: 'GaN-001' });
    const replies = [
      await client.post('/data_entries/physical_sample', { data_ids: [dataId], physical_sample_id: nobody }),
      await client.post('/data_entries/physical_sample', { data_ids: [nobody], physical_sample_id: sample.id }),
      await client.post('/tags/data-items/', { data_ids: [dataId], tag_ids: [nobody] }),
      await client.post(`/projects/${project}/configuration/tracking_samples`, {
        physical_sample_id: nobody,
        set_active: true,
      }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });

  it('takes no project that is not a UUID', async () => {
    const client = clientOf((await start()).url);
    const track = { physical_sample_id: nobody, set_active: true };
    expect((await client.post('/projects/..%2f..%2fetc/configuration/tracking_samples', track)).status).toBe(422);
  });

  it('finds all of it again after a restart', async () => {
    const dataDir = await directory();
    const before = await start({ dataDir });
    const client = clientOf(before.url);
    const dataId = await client.createRheed();
    const { body: sample } = await client.post('/physical_samples/', { name: 'GaN-001' });
    const { body: tag } = await client.post('/tags/', { name: 'Growth' });
    await client.post('/data_entries/physical_sample', { data_ids: [dataId], physical_sample_id: sample.id });
    await client.post('/tags/data-items/', { data_ids: [dataId], tag_ids: [tag.id] });
    const { body: listed } = await client.get('/streams');
    await before.close();
    const again = clientOf((await start({ dataDir })).url);
    expect((await again.get('/streams')).body).toEqual(listed);
    expect((await again.get('/physical_samples/')).body).toEqual([sample]);
    expect((await again.get('/tags/')).body).toEqual([tag]);
  });
});
