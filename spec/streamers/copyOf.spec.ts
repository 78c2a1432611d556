import { describe, expect, it } from '@jest/globals';
import { copyOf } from '../../src/streamers/copyOf.js';
import { RHEEDStreamer } from '../../src/streamers/rheedStreamer.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { fastClock } from './fastClock.js';

describe('the copy of a block', () => {
  it('has pixels of its own, and everything else that a frame carries', () => {
    const frame = grayFrame({ frameId: 17, data: new Uint8Array(new SharedArrayBuffer(12)).fill(1) });
    const [copy] = copyOf([frame]);
    frame.data.fill(2);
    expect(copy).toEqual({ ...frame, data: new Uint8Array(12).fill(1) });
  });

  it('leaves to the session what it has to refuse', () => {
    const detached = grayFrame();
    structuredClone(detached.data, { transfer: [detached.data.buffer as ArrayBuffer] });
    const odd = [null, { width: 4 }, { data: [1, 2] }, detached] as never[];
    copyOf(odd).forEach((frame, i) => void expect(frame).toBe(odd[i]));
  });

  it('is what a run sends of an iterable that fills the same buffer again and again', async () => {
    const platform = fakePlatform({ clock: fastClock });
    const streamer = new RHEEDStreamer({ platform });
    const session = await streamer.initialize({ fps: 1, rotationsPerMin: 0, chunkSize: 2 });
    const data = new Uint8Array(24);
    function* blocks() {
      for (const grey of [1, 2, 3]) yield { data: data.fill(grey), shape: [2, 3, 4] as const };
    }
    await streamer.run(session, blocks());
    await streamer.finalize(session);
    expect(platform.received.map(({ frames }) => frames.map(([grey]) => grey))).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });
});
