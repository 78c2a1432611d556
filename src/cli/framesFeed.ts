import { identity, type MonoTypeOperatorFunction, tap } from 'rxjs';
import type { Frame } from '../model/frame.js';
import { paceAt } from '../operators/paceAt.js';
import { toGray8 } from '../operators/toGray8.js';
import { findImages } from '../sources/findImages.js';
import { fromImages } from '../sources/fromImages.js';
import { Feed } from './feed.js';
import type { RunLog } from './runLog.js';
import type { Sinks } from './sinks.js';
import type { FramesSettings } from './streamSettings.js';
import { unusedFlags } from './unusedFlags.js';

/** Image files on their way into a RHEED session. Rejects when there are none, and throws for what is asked of them. */
export const framesFeed = async ({ input, gray, pace, rheed }: FramesSettings, log: RunLog): Promise<Feed<Sinks>> => {
  const files = await findImages(input);
  const toGray = toGray8(gray.window === 'first-frame' ? { ...gray, onWindow: log.window } : gray);
  const paced: MonoTypeOperatorFunction<Frame<'gray8'>> = pace ? paceAt(rheed.fps) : identity;
  return new Feed<Sinks>({
    part: 'frames',
    origin: `the images are in ${input}`,
    total: files.length,
    into: (sinks, tally) =>
      fromImages(files).pipe(
        tap((frame) => {
          const unused = tally.items === 0 ? unusedFlags(gray, frame) : undefined;
          if (unused !== undefined) log.note(unused);
        }),
        toGray,
        paced,
        tap(({ data }) => tally.took(1, data.byteLength)),
        sinks.rheedSink(rheed),
      ),
  });
};
