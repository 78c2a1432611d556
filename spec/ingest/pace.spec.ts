import { describe, expect, it } from '@jest/globals';
import { Pace } from '../../src/ingest/pace.js';

describe('Pace', () => {
  it('assumes the slowest link at first: 64 kbit/s that four uploads share', () => {
    expect(new Pace().patienceMs(16_000)).toBe(8_000);
  });

  it('gives the next upload eight times as long as the last one took', () => {
    const pace = new Pace();
    pace.went(1_000_000, 500);
    expect(pace.patienceMs(1_000_000)).toBe(4_000);
    expect(pace.patienceMs(500_000)).toBe(2_000);
  });

  it('gives more time after a stall, up to what the slowest link needs', () => {
    const pace = new Pace(10);
    pace.went(100_000, 10);
    const patience = [100_000, 100_000, 100_000, 100_000].map((bytes) => {
      pace.stalled();
      return pace.patienceMs(bytes);
    });
    expect(patience).toEqual([640, 5_120, 10_000, 10_000]);
  });

  it('never assumes a slower link than the slowest, and survives an upload that took no time', () => {
    const pace = new Pace(2);
    pace.went(10, 60_000);
    expect(pace.patienceMs(10)).toBe(5);
    pace.went(0, 0);
    expect(pace.patienceMs(10)).toBe(5);
  });
});
