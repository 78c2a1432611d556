import { describe, expect, it } from '@jest/globals';
import { channelResults } from '../../src/ingest/channelResults.js';

const temperature = {
  relative_time_seconds: [0, 1, 2],
  unix_timestamp_ms: [1000, 2000, 3000],
  values: [25, null, 26],
  units: 'C',
};
const pressure = { relative_time_seconds: [0], unix_timestamp_ms: [1000], values: [1e-9], units: null };

describe('channelResults', () => {
  it('names what the platform holds of each channel, with NaN for null', () => {
    expect(channelResults({ properties: { temperature, pressure } })).toEqual({
      kind: 'timeseries',
      channels: [
        {
          channel: 'temperature',
          units: 'C',
          relativeTimeSeconds: [0, 1, 2],
          unixTimestampMs: [1000, 2000, 3000],
          values: [25, Number.NaN, 26],
        },
        { channel: 'pressure', relativeTimeSeconds: [0], unixTimestampMs: [1000], values: [1e-9] },
      ],
    });
  });

  it('is of the last points of each channel when so asked, also where the platform gave all', () => {
    expect(channelResults({ properties: { temperature, pressure } }, 2)).toMatchObject({
      channels: [
        { relativeTimeSeconds: [1, 2], unixTimestampMs: [2000, 3000], values: [Number.NaN, 26] },
        { values: [1e-9] },
      ],
    });
  });
});
