import { describe, expect, it } from '@jest/globals';
import { emptyReport } from '../../src/model/addToReport.js';
import type { DataId, SessionId } from '../../src/model/identifiers.js';
import type { SessionEvent, SessionNotice, SessionRecord } from '../../src/model/sessionEvent.js';
import { narrate, type Verbosity } from '../../src/streamers/narrate.js';

const session = '0f8fad5b-d9cb-469f-a165-70867728950e' as SessionId;
const problem = { tag: 'IngestError', message: 'send: answered 422', status: 422 };
const dataId = 'stream-1' as DataId;
const chunk = { index: 3, revision: 0, items: 48 };
const time = { startMs: 0, timeBase: 'host' } as const;
const options = { fps: 24, rotationsPerMin: 0, chunkSize: 48 };
const report = { ...emptyReport(session, 'rheed'), offered: 50, delivered: 48, dropped: 2 };

const event = (said: SessionRecord | SessionNotice): SessionEvent => ({ ...said, session, at: 0 });

/** What is told of each event, and from which verbosity on. */
const lines: readonly (readonly [Verbosity, string, SessionRecord | SessionNotice])[] = [
  [1, 'chunk 3 rejected: send: answered 422', { type: 'rejected', chunk, problem }],
  [1, 'chunk 3 lost: send: answered 422', { type: 'lost', chunk, problem }],
  [1, 'gave up (deliver): send: answered 422', { type: 'gaveUp', phase: 'deliver', problem, report }],
  [1, 'linkRefused: send: answered 422', { type: 'linkRefused', problem }],
  [1, 'paused: send: answered 422', { type: 'paused', problem }],
  [
    1,
    'a stream named Growth run 42 may have been left on the platform: send: answered 422',
    { type: 'orphaned', streamName: 'Growth run 42', problem },
  ],
  [1, 'gap of 7 frames (policy)', { type: 'gap', gap: { frames: 7, fromMs: 0, toMs: 1, cause: 'policy' } }],
  [
    2,
    'asked for Growth run 42',
    { type: 'asked', asked: { kind: 'rheed', options: { ...options, streamName: 'Growth run 42' } } },
  ],
  [2, 'asked for a stream', { type: 'asked', asked: { kind: 'rheed', options } }],
  [2, 'opened as stream-1', { type: 'opened', dataId }],
  [2, 'resumed', { type: 'resumed' }],
  [2, 'ending (cancelled)', { type: 'ending', outcome: 'cancelled' }],
  [2, 'closed: 48 of 50 frames delivered', { type: 'closed', dataId, report }],
  [3, 'send again in 500 ms: send: answered 422', { type: 'retrying', step: 'send', inMs: 500, problem }],
  [4, 'about to create', { type: 'intent', step: 'create' }],
  [4, 'chunk 3 accepted (48 frames)', { type: 'accepted', chunk, time }],
  [4, 'chunk 3 durable (48 frames)', { type: 'durable', chunk, bytes: 9 }],
  [4, 'chunk 3 delivered (48 frames)', { type: 'delivered', chunk, to: dataId, as: 3 }],
];

describe('narrate', () => {
  it.each(lines)('from verbosity %i on says: %s', (level, said, what) => {
    const told = ([0, 1, 2, 3, 4] as const).map((verbosity) => narrate(event(what), verbosity));
    expect(told).toEqual([0, 1, 2, 3, 4].map((at) => (at < level ? undefined : `epistream 0f8fad5b ${said}`)));
  });

  it('says one line', () => {
    for (const [, , what] of lines) expect(narrate(event(what), 4)?.split('\n')).toHaveLength(1);
  });
});
