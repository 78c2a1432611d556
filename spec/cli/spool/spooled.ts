import type { SessionId } from '../../../src/model/identifiers.js';
import type { SessionRecord } from '../../../src/model/sessionEvent.js';
import type { LogEntry } from '../../../src/spool/recordShapes.js';
import { SessionContents } from '../../../src/spool/sessionContents.js';
import type { SpooledSession } from '../../../src/spool/spoolSessions.js';

export const ENDPOINT = 'https://lab.example';

export interface Spooled extends Partial<Omit<SpooledSession, 'contents' | 'id'>> {
  readonly id?: string;
  readonly name?: string;
  readonly owner?: { readonly endpoint: string; readonly keyPrint?: string };
  readonly records?: readonly LogEntry[];
}

/** A session as a spool would tell of it: asked for at 1000 ms, of that name. */
export const spooled = ({
  id = '3f2a0000',
  name = 'Growth 42',
  owner,
  records = [],
  ...more
}: Spooled = {}): SpooledSession => {
  const contents = new SessionContents(id as SessionId);
  contents.add({ type: 'owner', owner: owner ?? { endpoint: ENDPOINT, keyPrint: 'ours' } }, 1000);
  const options = { fps: 1, rotationsPerMin: 0, chunkSize: 4, streamName: name };
  contents.add({ type: 'asked', asked: { kind: 'rheed', options } }, 1000);
  for (const record of records) contents.add(record, 2000);
  return {
    id: id as SessionId,
    contents,
    isRunning: false,
    isFuture: false,
    damage: [],
    setAside: [],
    leftovers: [],
    unreadable: [],
    next: { nextSeq: 0, nextSegment: 0 },
    ...more,
  };
};

const chunk = (index: number) => ({ index, revision: 0, items: 4 });
export const problem = { tag: 'IngestError', message: 'put: too large' };

export const accepted = (index: number): SessionRecord => ({
  type: 'accepted',
  chunk: chunk(index),
  time: { startMs: 0, timeBase: 'host' },
});
/** Small enough to be kept in the log. */
export const body = (index: number): LogEntry => ({
  type: 'body',
  chunk: chunk(index),
  time: { startMs: 0, timeBase: 'host' },
  dims: [4, 1, 1],
  bytes: new Uint8Array(4),
});
export const rejected = (index: number): SessionRecord => ({ type: 'rejected', chunk: chunk(index), problem });
export const closed = (session: SpooledSession | undefined = undefined): SessionRecord => ({
  type: 'closed',
  dataId: 'd' as never,
  report: (session ?? spooled()).contents.report,
});
