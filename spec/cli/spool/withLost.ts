import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeRecord } from '../../../src/spool/recordCodec.js';
import { recordFrame } from '../../../src/spool/recordFrame.js';
import { segmentHeader, segmentName } from '../../../src/spool/recordSegment.js';
import type { LogEntry } from '../../../src/spool/recordShapes.js';
import { sessionIn } from '../../../src/spool/spoolPlace.js';
import { spoolSessions } from '../../../src/spool/spoolSessions.js';
import { placeAt } from './keptRun.js';

/** Has the session of a spool accept so many chunks more, of 20 frames each, of which nothing came to the disk. */
export const withLost = async (root: string, chunks: number): Promise<void> => {
  const [session] = await spoolSessions(placeAt(root));
  const { nextSeq, nextSegment } = session!.next;
  const frames = Array.from({ length: chunks }, (_, k) => {
    const chunk = { index: 2 + k, revision: 0, items: 20 };
    const said: LogEntry = { type: 'accepted', chunk, time: { startMs: 0, timeBase: 'host' } };
    return recordFrame(encodeRecord({ seq: nextSeq + k, at: Date.now(), said })).slice();
  });
  const path = join(sessionIn(root, session!.id), segmentName(nextSegment));
  writeFileSync(path, Buffer.concat([segmentHeader(), ...frames]));
};
