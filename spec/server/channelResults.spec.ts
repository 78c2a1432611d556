import { afterEach, describe, expect, it } from '@jest/globals';
import { clientOf, localServers } from './localServer.js';

const { start, directory, tidy } = localServers();
afterEach(tidy);

const initialize = { stream_name: 'MBE growth', points_per_chunk: 4, project_id: null };

const streaming = async (dataDir?: string) => {
  const server = await start(dataDir === undefined ? {} : { dataDir });
  const client = clientOf(server.url);
  const { data_id: dataId } = (await client.post('/tool-state/stream/initialize', initialize)).body;
  const send = (chunk_index: number, channels: object) =>
    client.post('/tool-state/stream/chunk/multi', { data_id: dataId, chunk_index, channels });
  return { server, client, dataId, send, results: `/tool-state/${dataId}/timeseries/` };
};

/** Points `from` and on, every half second from 2023 on, each its own number. */
const points = (from: number, count: number) => {
  const numbers = Array.from({ length: count }, (_, k) => from + k);
  return { timestamps: numbers.map((k) => 1_700_000_000 + k / 2), values: numbers };
};

describe('channelResults', () => {
  it('says of every channel when it had which value, and in which units', async () => {
    const { client, send, results } = await streaming();
    await send(0, {
      temperature: { timestamps: [1_700_000_000.25, 1_700_000_001.5], values: [600, null], units: 'C' },
      'BEP Ga/As': { timestamps: [1_700_000_000], values: [1e-9] },
    });
    expect(await client.get(results)).toMatchObject({ status: 200 });
    expect((await client.get(results)).body).toEqual({
      properties: {
        'BEP Ga/As': {
          relative_time_seconds: [0],
          unix_timestamp_ms: [1_700_000_000_000],
          values: [1e-9],
          units: null,
        },
        temperature: {
          relative_time_seconds: [0.25, 1.5],
          unix_timestamp_ms: [1_700_000_000_250, 1_700_000_001_500],
          values: [600, null],
          units: 'C',
        },
      },
    });
  });

  it('looks past slots that nothing has filled, and knows chunks that have grown', async () => {
    const { client, send, results } = await streaming();
    await send(2, { flux: points(8, 1) });
    await send(0, { flux: points(0, 4) });
    await send(2, { flux: points(8, 3) });
    const { flux } = (await client.get(results)).body.properties;
    expect(flux.values).toEqual([0, 1, 2, 3, 8, 9, 10]);
    expect(flux.relative_time_seconds).toEqual([0, 0.5, 1, 1.5, 4, 4.5, 5]);
  });

  it.each([
    [1, [10], [2]],
    [3, [8, 9, 10], [0, 1, 2]],
    [5, [6, 7, 8, 9, 10], [0, 1, 2]],
    [99, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [0, 1, 2]],
  ])('says the last %p of each channel when asked for them', async (last, flux, pressure) => {
    const { client, send, results } = await streaming();
    await send(0, { flux: points(0, 4), pressure: points(0, 3) });
    await send(1, { flux: points(4, 4) });
    await send(2, { flux: points(8, 3) });
    const { properties } = (await client.get(`${results}?last_n=${last}`)).body;
    expect(properties.flux.values).toEqual(flux);
    expect(properties.pressure.values).toEqual(pressure);
    expect(properties.flux.relative_time_seconds).toEqual(flux.map((k) => k / 2));
  });

  it('says the same after a restart, and of a stream that has ended', async () => {
    const dataDir = await directory();
    const { server, client, dataId, send, results } = await streaming(dataDir);
    await send(0, { flux: { ...points(0, 4), units: 'nA' } });
    const { body } = await client.get(results);
    await client.post(`/tool-state/stream/${dataId}/finalize`);
    expect((await client.get(results)).body).toEqual(body);
    await server.close();
    expect((await clientOf((await start({ dataDir })).url).get(results)).body).toEqual(body);
  });

  it('knows nothing before there are points', async () => {
    const { client, results } = await streaming();
    expect(await client.get(results)).toMatchObject({
      status: 404,
      body: { detail: expect.stringMatching(/no points yet/) },
    });
  });

  it.each(['0', '-1', '1.5', 'all'])('refuses %p for the last points', async (last) => {
    const { client, send, results } = await streaming();
    await send(0, { flux: points(0, 4) });
    const { status, body } = await client.get(`${results}?last_n=${last}`);
    expect({ status, loc: body.detail[0].loc }).toEqual({ status: 422, loc: ['query', 'last_n'] });
    expect((await client.get(`${results}?last_n=`)).status).toBe(200);
  });

  it('knows no stream that nobody made, or of frames', async () => {
    const { client } = await streaming();
    for (const dataId of ['11111111-1111-4111-8111-111111111111', await client.createRheed()])
      expect((await client.get(`/tool-state/${dataId}/timeseries/`)).status).toBe(404);
  });

  it('never shows half of a chunk that is being rewritten', async () => {
    const { client, send, results } = await streaming();
    await send(0, { flux: points(0, 4) });
    const rewriting = (async () => {
      for (let k = 1; k <= 20; k += 1) await send(0, { flux: points(k % 2 === 0 ? 0 : 100, k % 2 === 0 ? 4 : 2) });
    })();
    for (let k = 0; k < 20; k += 1) {
      const { values, unix_timestamp_ms: ms } = (await client.get(results)).body.properties.flux;
      expect([
        [0, 1, 2, 3],
        [100, 101],
      ]).toContainEqual(values);
      expect(ms).toEqual(values.map((value: number) => 1_700_000_000_000 + value * 500));
    }
    await rewriting;
  });
});
