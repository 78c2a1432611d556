import { describe, expect, it } from '@jest/globals';
import { ChannelTrack } from '../../src/sinks/channelTrack.js';

const tracked = (): ChannelTrack => {
  const track = new ChannelTrack('T');
  track.took(1000, 'C', 'host');
  return track;
};

describe('what is known of a channel', () => {
  it('keeps the units that were said first, also when later points say none', () => {
    const track = new ChannelTrack('T');
    track.took(1000, undefined, 'host');
    track.took(2000, 'C', 'host');
    track.took(3000, undefined, 'host');
    expect(track.units).toBe('C');
    expect(() => track.check(undefined, 'host')).not.toThrow();
    expect(() => track.check('C', 'host')).not.toThrow();
  });

  it('is an error when it changes', () => {
    expect(() => tracked().check('K', 'host')).toThrow(/units must stay C for the whole session \(channel T\).*"K"/);
    expect(() => tracked().check('C', 'recorded')).toThrow(/timeBase must stay 'host' \(channel T\)/);
  });

  it('has no two points at one time, and none before the last', () => {
    expect(() => tracked().takes(1000, 'error')).toThrow(
      /must be after the last of channel T: 1970-01-01T00:00:01.000Z is there already/,
    );
    expect(() => tracked().takes(999, 'error')).toThrow(/00.999Z is before 1970-01-01T00:00:01.000Z/);
    expect(() => new ChannelTrack('').takes(Number.NaN, 'error')).toThrow();
    expect(tracked().takes(1000.001, 'error')).toBe(true);
  });

  it('calls rows rows', () => {
    const rows = new ChannelTrack('');
    rows.took(1000, undefined, 'host');
    expect(() => rows.takes(1000, 'error')).toThrow(/must be after the last row: /);
    rows.takes(1000, 'drop');
    expect(rows.takeDropped()).toMatchObject({ channel: 'rows' });
  });

  it('counts what it drops as one hole, told once', () => {
    const track = tracked();
    expect([400, 1000, 300].map((t) => track.takes(t, 'drop'))).toEqual([false, false, false]);
    expect(track.takeDropped()).toEqual({ frames: 3, fromMs: 300, toMs: 1000, cause: 'policy', channel: 'T' });
    expect(track.takeDropped()).toBeUndefined();
    expect(track.takes(1001, 'drop')).toBe(true);
  });

  it('takes points of any time when asked to, and knows the last', () => {
    const track = tracked();
    expect([1000, 3000, 2000].map((t) => track.takes(t, 'keep'))).toEqual([true, true, true]);
    track.took(3000, 'C', 'host');
    track.took(2000, 'C', 'host');
    expect(() => track.takes(3000, 'error')).toThrow(/is there already/);
  });

  it('takes points in order only', () => {
    expect(() => tracked().checkOrder([1001, 1002, 1003])).not.toThrow();
    expect(() => tracked().checkOrder([1001, 1001])).toThrow(/is there already/);
    expect(() => tracked().checkOrder([1000, 1001])).toThrow(/is there already/);
    expect(() => tracked().checkOrder([1002, 1001])).toThrow(/is before/);
  });
});
