import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type RunPart, runStreamName } from '../../src/model/runStreamName.js';
import { clientOf, localServers, pixels, shards } from '../server/localServer.js';
import { runPython } from './python.js';

const { start, tidy } = localServers();
afterEach(tidy);

const startMs = 1_700_000_000_000;
const named = (part: RunPart): string => runStreamName({ run: 'Growth run 42', part, askedAt: startMs });

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

interface Frame {
  readonly mean_intensity: number;
  readonly specular_intensity: number;
}

describe('the folder of a growth run', () => {
  it('is read by zarr-python, part by part, and its frames are as bright for numpy as for the platform', async () => {
    const server = await start();
    const client = clientOf(server.url);
    const points = async (part: RunPart, chunks: readonly object[]): Promise<void> => {
      const initialize = { stream_name: named(part), points_per_chunk: 4, project_id: null };
      const { data_id } = (await client.post('/tool-state/stream/initialize', initialize)).body;
      for (const chunk of chunks) await client.post('/tool-state/stream/chunk', { data_id, ...chunk });
      await client.post(`/tool-state/stream/${data_id}/finalize`);
    };

    const first = await client.createRheed({ data_item_name: named('frames') });
    await client.send(first, 0, shards.black);
    await client.send(first, 1, shards.short, { dims: '7,6,8' });
    await client.end(first);
    const second = await client.createRheed({ data_item_name: named('frames') });
    await client.send(second, 0, shards.single, { dims: '1,6,8' });
    const temperature = { channel_name: 'T/°C', units: '°C' };
    const [begin, later] = [startMs / 1000, startMs / 1000 + 0.25];
    await points('channels', [
      { ...temperature, chunk_index: 0, timestamps: [begin, later], values: [600, null] },
      { ...temperature, chunk_index: 0, timestamps: [begin, later, later + 1], values: [600, null, 601.5] },
    ]);
    await points('events', [
      { channel_name: 'open Ga', chunk_index: 0, timestamps: [later], values: [1] },
      { channel_name: 'Öffne As', chunk_index: 0, timestamps: [begin], values: [1] },
    ]);

    // What goes on in the background is over then.
    await server.close();
    const { frames, ...others } = await runPython('./run_folder.py', [join(server.dataDir, 'Growth run 42')]);
    expect(others).toEqual({
      parts: ['channels', 'events', 'frames', 'frames-2'],
      channels: {
        channels: { 'T/°C': { time: [begin, later, later + 1], value: [600, null, 601.5], units: '°C' } },
        events: {
          'open Ga': { time: [later], value: [1], units: null },
          'Öffne As': { time: [begin], value: [1], units: null },
        },
      },
      events: [
        { t: '2023-11-14T22:13:20.000Z', unix_ms: startMs, text: 'Öffne As' },
        { t: '2023-11-14T22:13:20.250Z', unix_ms: startMs + 250, text: 'open Ga' },
      ],
    });
    expect(frames).toMatchObject({
      frames: {
        shape: [27, 6, 8],
        sum: sum(pixels(20)) - sum(pixels(9).slice(3 * 48)) + sum(pixels(7)),
        attributes: { run: 'Growth run 42', part: 'frames', name: named('frames') },
      },
      'frames-2': { shape: [1, 6, 8], sum: sum(pixels(1)), time: [begin] },
    });
    const again = clientOf((await start({ dataDir: server.dataDir })).url);
    const series = await framesOf(again, first, 27);
    const seen = (frames as Record<string, { mean: number[]; specular: number[] }>).frames;
    expect(series.map((frame) => frame.specular_intensity)).toEqual(seen?.specular);
    expect(series.map((frame) => frame.mean_intensity.toFixed(9))).toEqual(seen?.mean.map((mean) => mean.toFixed(9)));
  }, 300_000);
});

/** What the platform has seen of a stream, once that are so many frames. */
const framesOf = async (client: ReturnType<typeof clientOf>, dataId: string, count: number): Promise<Frame[]> => {
  for (;;) {
    const { status, body } = await client.get(`/rheed/timeseries/${dataId}/`);
    if (status === 200 && body.series_by_angle[0].series.length === count) return body.series_by_angle[0].series;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
