import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { clientOf, localServers, pixels, readArray } from './localServer.js';

const { start, directory, tidy } = localServers();
afterEach(tidy);

const fixture = fileURLToPath(new URL('../fixtures/dataDirectory', import.meta.url));
const [frames, channels] = ['b0933778-9e32-4c79-9f6a-24bbb16040c4', '5083fa8d-be34-42fb-b295-be161ea382f6'];

const opened = async () => {
  const dataDir = await directory();
  await cp(fixture, dataDir, { recursive: true });
  return { dataDir, client: clientOf((await start({ dataDir })).url) };
};

describe('a data directory of version 0.1', () => {
  it('is listed as it was', async () => {
    const { dataDir, client } = await opened();
    const path = (...names: string[]) => join(dataDir, ...names);
    expect((await client.get('/streams')).body).toMatchObject([
      { data_id: channels, name: 'Log 41', state: 'open', points: 5, path: path(channels, 'channels.zarr') },
      { data_id: frames, name: 'Growth run 41', state: 'ended', frames: 7, physical_sample: { name: 'GaN-001' } },
    ]);
    expect((await readArray(path(frames, 'frames.zarr'), 'frames')).data).toEqual(pixels(7));
  });

  it('goes on where it stopped', async () => {
    const { dataDir, client } = await opened();
    const points = { timestamps: [1_700_000_004, 1_700_000_005], values: [604, 605], units: 'C' };
    const chunk = { data_id: channels, chunk_index: 1, channel_name: 'T/C', ...points };
    expect((await client.post('/tool-state/stream/chunk', chunk)).body).toMatchObject({ total_points: 6 });
    const { body } = await client.get(`/tool-state/${channels}/timeseries/`);
    expect(body.properties['T/C'].values).toEqual([600, 601, null, 603, 604, 605]);
    const { data } = await readArray(join(dataDir, channels, 'channels.zarr'), 't_c~ca0e57f281da0738/value');
    expect(data).toEqual([600, 601, Number.NaN, 603, 604, 605]);
  });

  it('has its frames looked at when somebody asks', async () => {
    const { client } = await opened();
    let answer = await client.get(`/rheed/timeseries/${frames}/`);
    expect(answer.status).toBe(404);
    while (answer.status === 404) answer = await client.get(`/rheed/timeseries/${frames}/`);
    const [{ angle, azimuth_label, series }] = answer.body.series_by_angle;
    expect({ angle, azimuth_label, frames: series.length }).toEqual({ angle: 0, azimuth_label: '[110]', frames: 7 });
  });
});
