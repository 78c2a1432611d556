import { describe, expect, it } from '@jest/globals';
import { phaseOf } from '../../src/testing/faultPhase.js';

describe('phaseOf', () => {
  it.each([
    ['GET', '/gateway/time', 'clock'],
    ['GET', '/prefix/gateway/time?x=1', 'clock'],
    ['GET', '/physical_samples/', 'resolve'],
    ['POST', '/tags/', 'resolve'],
    ['POST', '/tags/data-items/', 'link'],
    ['POST', '/data_entries/physical_sample', 'link'],
    ['POST', '/projects/p-1/configuration/tracking_samples', 'link'],
    ['POST', '/rheed/stream/', 'create'],
    ['POST', '/tool-state/stream/initialize', 'create'],
    ['POST', '/data_entries/raw_data/staged/upload_urls/?original_filename=x', 'presign'],
    ['PUT', '/store/frames.zarr/frames/c/0/0/0?signature=x', 'put'],
    ['PUT', '/rheed/stream/', 'put'],
    ['POST', '/tool-state/stream/chunk', 'points'],
    ['POST', '/tool-state/stream/chunk/multi', 'points'],
    ['POST', '/rheed/stream/d-1/end', 'end'],
    ['POST', '/tool-state/stream/d-1/finalize', 'end'],
    ['GET', '/rheed/timeseries/d-1/?last_n=3', 'results'],
    ['GET', '/tool-state/d-1/timeseries/', 'results'],
    ['GET', '/streams', 'streams'],
    ['GET', '/', 'other'],
  ])('takes %s %s for %s', (method, url, phase) => {
    expect(phaseOf(method, url)).toBe(phase);
  });
});
