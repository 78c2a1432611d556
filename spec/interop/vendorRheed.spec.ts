import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { localServers } from '../server/localServer.js';
import { runPython } from './python.js';

const { start, directory, tidy } = localServers();
afterEach(tidy);

describe("the vendor's released client on the local platform", () => {
  it('completes a rotating run with short chunks and black frames, which zarr-python reads back equal', async () => {
    const { url, dataDir } = await start({ apiKey: 'interop' });
    const spool = join(await directory(), 'spool');
    const run = await runPython('./rheed_run.py', [url, 'interop', dataDir, spool]);
    expect(run).toMatchObject({
      uploaded: 5,
      lost: [],
      closed: 'finalized',
      frames: [81, 48, 64],
      dimensions: ['time', 'y', 'x'],
      equal: true,
      gapsAreNaN: true,
      arraysAlone: [[81, 48, 64], [81]],
      attributes: {
        name: 'Growth run 42',
        rotations_per_min: 15,
        rotational_period: 40,
        fps_capture_rate: 10,
        physical_sample: 'GaN-001',
        project_id: '44444444-4444-4444-8444-444444444444',
        tags: ['Growth', 'new tag'],
        ended: expect.any(String),
        filled_slots: 68,
      },
    });
    // Times are whole ms in the clock's reading, which is ours, give or take a round trip.
    expect(run.secondsOff).toBeLessThan(0.1);
  }, 300_000);
});
