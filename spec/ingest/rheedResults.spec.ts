import { describe, expect, it } from '@jest/globals';
import { RheedResultsReply } from '../../src/ingest/codecs.js';
import { rheedResults } from '../../src/ingest/rheedResults.js';

const frame = { frame_number: 7, relative_time_seconds: 0.7, unix_timestamp_ms: 1_700_000_000_700 };
const results = (reply: unknown) => {
  if (!RheedResultsReply.is(reply)) throw new Error('is no reply');
  return rheedResults(reply);
};

describe('rheedResults', () => {
  it('names what the platform has computed, side by side, and keeps what it does not know', () => {
    const one = { ...frame, specular_intensity: 120.5, oscillation_period: 3.2, cluster_id: 4, laue: [0, 1] };
    const reply = { series_by_angle: [{ angle: 30, view_id: 'v', azimuth_label: '[110]', series: [one], is_new: 1 }] };
    expect(results({ ...reply, version: 2 })).toEqual({
      kind: 'rheed',
      angles: [
        {
          angle: 30,
          viewId: 'v',
          azimuth: '[110]',
          series: [
            {
              frameNumber: 7,
              relativeTimeSeconds: 0.7,
              unixTimestampMs: 1_700_000_000_700,
              specularIntensity: 120.5,
              oscillationPeriod: 3.2,
              other: { cluster_id: 4, laue: [0, 1] },
            },
          ],
        },
      ],
    });
  });

  it('has null for what is not known yet, and no name that was null', () => {
    const reply = { series_by_angle: [{ angle: 0, view_id: null, series: [{ ...frame, specular_intensity: null }] }] };
    expect(results(reply)).toMatchObject({
      angles: [{ series: [{ specularIntensity: null, oscillationPeriod: null, other: {} }] }],
    });
    expect(results(reply)).not.toHaveProperty('angles.0.viewId');
  });
});
