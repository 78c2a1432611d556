import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { retryAfterMs } from '../../src/ingest/retryAfter.js';

const now = Date.UTC(2026, 10, 20, 12);
const date = (ms: number): string => new Date(ms).toUTCString();

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['7', 7_000],
    [' 1.5 ', 1_500],
    ['1000000000', 600_000],
    ['9'.repeat(400), 600_000],
    [date(now + 90_000), 90_000],
    [date(now - 90_000), 0],
    [date(now + 1e12), 600_000],
    ['Friday, 20-Nov-26 12:00:09 GMT', 9_000],
    ['Fri Nov 20 12:00:09 2026', 9_000],
    ['Fri, 20 Nov 2026 12:00:09', 9_000],
    ['-1', undefined],
    ['-5', undefined],
    ['2026-11-20T12:00:09Z', undefined],
    ['Monday, or so', undefined],
    ['soon', undefined],
    ['1e3', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j as %p ms', (header, waitMs) => {
    expect(retryAfterMs(header, now)).toBe(waitMs);
  });

  it('is a time to wait of at most ten minutes, or nothing, whatever the header', () => {
    const header = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((when) => when.toUTCString()),
      fc.stringMatching(/^(Mon|Tue), [\w :]{0,30}$/),
    );
    fc.assert(
      fc.property(header, (text) => {
        const waitMs = retryAfterMs(text, now);
        expect(waitMs === undefined || (waitMs >= 0 && waitMs <= 600_000)).toBe(true);
      }),
    );
  });

  it('is the seconds a server writes down, up to the cap', () => {
    fc.assert(
      fc.property(fc.nat(600), (seconds) => {
        expect(retryAfterMs(String(seconds), now)).toBe(seconds * 1000);
        expect(retryAfterMs(date(now + seconds * 1000), now)).toBe(seconds * 1000);
      }),
    );
  });
});
