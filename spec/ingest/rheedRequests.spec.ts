import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CreateRheedRequest, PresignRequest } from '../../src/ingest/codecs.js';
import { createRheedRequest, floatText, presignRequest } from '../../src/ingest/rheedRequests.js';
import type { EncodedChunk } from '../../src/model/encodedChunk.js';
import type { DataId } from '../../src/model/identifiers.js';
import type { RheedOptions } from '../../src/model/rheedOptions.js';

const options: RheedOptions = { fps: 10, rotationsPerMin: 0, chunkSize: 20, streamName: 'run' };
const now = new Date(2026, 10, 20, 16, 37);
const chunk: EncodedChunk = { parts: [], byteLength: 0, dims: [7, 6, 8], release: () => {} };

describe('createRheedRequest', () => {
  it('leaves out what is missing or blank, and names a nameless run by the time', () => {
    expect(createRheedRequest({ ...options, streamName: ' ', projectId: ' ', azimuth: '' }, now)).toEqual({
      data_item_name: 'RHEED Stream @ 4:37PM',
      rotational_period: null,
      rotations_per_min: 0,
      fps_capture_rate: 10,
    });
  });

  it('trims what is there', () => {
    const request = createRheedRequest({ ...options, streamName: ' run ', projectId: ' p ', azimuth: ' [110] ' }, now);
    expect(request).toMatchObject({ data_item_name: 'run', project_id: 'p', azimuth_label: '[110]' });
  });

  it('gives the rotation in frames, and null for a sample that stands still', () => {
    const periodAt = (rotationsPerMin: number) =>
      createRheedRequest({ ...options, fps: 24, rotationsPerMin }, now).rotational_period;
    expect([0, 15, 0.5, 7].map(periodAt)).toEqual([null, 96, 2880, (24 * 60) / 7]);
  });
});

describe('presignRequest', () => {
  it('is what its codec says, all strings, for any rate and time', () => {
    const rates = fc.double({ min: 1e-3, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(rates, rates, fc.double({ min: 0, max: 4e12, noNaN: true }), (fps, rotationsPerMin, startMs) => {
        const asked = { ...options, fps, rotationsPerMin };
        const clock = { offsetMs: -0.3, uncertaintyMs: 1 / 3, takenAt: 0 };
        const request = presignRequest('d' as DataId, asked, { startMs, timeBase: 'host' }, chunk, clock);
        expect(PresignRequest.is(request)).toBe(true);
        expect(Object.values(request).every((value) => typeof value === 'string')).toBe(true);
        expect(request).toMatchObject({ clock_offset_ms: '0', clock_uncertainty_ms: '0.3', dims: '7,6,8' });
        const { start_unix_ms_utc: start, end_unix_ms_utc: end } = request;
        expect(Number(end) - Number(start)).toBe(Math.trunc((7 / fps) * 1000));
        expect(`${start}${end}`).toMatch(/^\d+$/);
        expect(CreateRheedRequest.is(createRheedRequest(asked, now))).toBe(true);
      }),
    );
  });

  it('prefers the clock reading at capture, and gives recorded times none', () => {
    const latest = { offsetMs: 1000, uncertaintyMs: 1, takenAt: 0 };
    const atCapture = { offsetMs: 2, uncertaintyMs: 1, takenAt: 0 };
    const startOf = (time: Parameters<typeof presignRequest>[2]) =>
      presignRequest('d' as DataId, options, time, chunk, latest);
    expect(startOf({ startMs: 5, timeBase: 'host', clock: atCapture }).start_unix_ms_utc).toBe('7');
    expect(startOf({ startMs: 5, timeBase: 'host' }).start_unix_ms_utc).toBe('1005');
    const recorded = startOf({ startMs: 5, timeBase: 'recorded', clock: atCapture });
    expect(recorded.start_unix_ms_utc).toBe('5');
    expect(recorded).not.toHaveProperty('clock_offset_ms');
  });
});

describe('floatText', () => {
  it.each([
    [10, '10.0'],
    [29.97, '29.97'],
    [0.5, '0.5'],
    [120, '120.0'],
    [1e-7, '1e-7'],
    [1e21, '1e+21'],
  ])('writes %p as %p', (value, text) => {
    expect(floatText(value)).toBe(text);
  });

  it('reads back as the same number and never looks like an integer', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()), (value) => {
        expect(Number(floatText(value)) === value).toBe(true);
        expect(floatText(value)).toMatch(/[.e]/);
      }),
    );
  });
});
