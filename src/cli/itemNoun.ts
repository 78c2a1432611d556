import type { StreamKind } from '../model/asked.js';
import type { RunPart } from '../model/runStreamName.js';

/** What a part of a run counts. */
export const partNouns: Readonly<Record<RunPart, string>> = { frames: 'frame', channels: 'point', events: 'event' };

/** What a session counts, by its part of a run where it is known: on the wire an event in words is a point. */
export const itemNoun = ({ kind }: { readonly kind: StreamKind }, part?: RunPart): string =>
  partNouns[part ?? (kind === 'rheed' ? 'frames' : 'channels')];
