import { filter, map, type Observable } from 'rxjs';
import type { Platform } from '../../src/delivery/platform.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { grayFrame } from '../../src/testing/grayFrame.js';

/** What is drawn of a session: i intent, r created, o opened, d durable, digit delivered, x rejected, l lost, e ending, c closed, g gave up. */
const markOf = (event: SessionEvent): string | undefined => {
  switch (event.type) {
    case 'created':
      return 'r';
    case 'delivered':
      return `${event.chunk.index}`;
    case 'rejected':
      return 'x';
    case 'intent':
    case 'opened':
    case 'durable':
    case 'lost':
    case 'ending':
    case 'closed':
    case 'gaveUp':
      return event.type.charAt(0);
    default:
      return undefined;
  }
};

/** Events as marbles. */
export const drawn = (events$: Observable<SessionEvent>): Observable<string> =>
  events$.pipe(
    map(markOf),
    filter((mark) => mark !== undefined),
  );

/** A frame a chunk for each emission of the source. */
export const session = (platform: Platform, source$: Observable<unknown>, options = {}): Observable<SessionEvent> =>
  source$.pipe(
    map(() => grayFrame()),
    rheedSink(platform, { fps: 0.5, rotationsPerMin: 0, chunkSize: 1, streamName: 'Growth run 42', ...options }),
  );
