import { afterEach, describe, expect, it } from '@jest/globals';
import { localServers } from '../server/localServer.js';
import { runPython } from './python.js';

const { start, tidy } = localServers();
afterEach(tidy);

const equal = { values: true, secondsOff: 0, sameUnits: true };

describe("the vendor's released client on the local platform", () => {
  it('completes a time series, which zarr-python reads back equal', async () => {
    const { url, dataDir } = await start({ apiKey: 'interop' });
    // Without the clock's correction times have to come back as they were.
    const run = await runPython('./timeseries_run.py', [`${url}/`, 'interop', dataDir], {
      ATOMSCALE_SKIP_CLOCK_SYNC: '1',
    });
    expect(run).toMatchObject({
      channels: {
        temperature: { directory: 'temperature', points: [170], units: 'C', ...equal },
        'Chamber pressure': { directory: 'Chamber pressure', points: [80], units: 'mbar', ...equal },
        'BEP Ga/As': { directory: expect.stringMatching(/^bep_ga_as~/), points: [50], units: null, ...equal },
      },
      attributes: {
        name: 'MBE growth',
        synth_source_id: 42,
        points_per_chunk: 50,
        physical_sample: 'GaN-001',
        tags: ['Growth'],
      },
    });
  }, 300_000);
});
