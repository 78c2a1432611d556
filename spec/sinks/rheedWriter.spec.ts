import { expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import type { Frame } from '../../src/model/frame.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { frames } from '../../src/testing/frames.js';

it.each(['asked', 'accepted', 'delivered'])('takes a frame that comes while %s is told', (type) => {
  const platform = fakePlatform();
  const camera = new Subject<Frame<'gray8'>>();
  const [first, second] = frames(2);
  let answered = false;
  const failed: unknown[] = [];
  camera.pipe(rheedSink(platform, { fps: 0.5, rotationsPerMin: 0, chunkSize: 1 })).subscribe({
    next: (event) => {
      if (event.type !== type || answered) return;
      answered = true;
      camera.next(second!);
    },
    error: (error) => failed.push(error),
  });
  camera.next(first!);
  camera.complete();
  expect(failed).toEqual([]);
  // Their order on the wire is free; their indexes are not.
  const received = platform.received.toSorted((one, other) => one.chunk.index - other.chunk.index);
  expect(received.map(({ frames: [pixels] }) => pixels)).toEqual([first!.data, second!.data]);
});
