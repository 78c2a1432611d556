import { describe, expect, it } from '@jest/globals';
import { narrate } from '../../src/delivery/narrate.js';
import { emptyReport } from '../../src/model/addToReport.js';
import type { DataId, SessionId } from '../../src/model/identifiers.js';
import type { Logger } from '../../src/model/logger.js';
import type { SessionEvent, SessionNotice, SessionRecord } from '../../src/model/sessionEvent.js';
import type { Verbosity } from '../../src/model/verbosity.js';

const session = '0f8fad5b-d9cb-469f-a165-70867728950e' as SessionId;
const problem = { tag: 'IngestError', message: 'send: answered 422', status: 422 };
const dataId = 'stream-1' as DataId;
const chunk = { index: 3, revision: 0, items: 48 };
const time = { startMs: 0, timeBase: 'host' } as const;
const options = { fps: 24, rotationsPerMin: 0, chunkSize: 48 };
const report = { ...emptyReport(session, 'rheed'), offered: 50, delivered: 48, dropped: 2 };
const hole = { frames: 7, fromMs: 0, toMs: 1, cause: 'policy' } as const;
const orphaned = { type: 'orphaned', streamName: 'Growth run 42', problem } as const;
const asked = (streamName?: string) =>
  ({ type: 'asked', asked: { kind: 'rheed', options: { ...options, ...(streamName && { streamName }) } } }) as const;

const event = (said: SessionRecord | SessionNotice): SessionEvent => ({ ...said, session, at: 0 });

/** From which verbosity on, how much it matters, and what is said of each event. */
const lines: readonly (readonly [Verbosity, keyof Logger, string, SessionRecord | SessionNotice])[] = [
  [1, 'error', 'chunk 3 rejected: send: answered 422', { type: 'rejected', chunk, problem }],
  [1, 'error', 'chunk 3 lost: send: answered 422', { type: 'lost', chunk, problem }],
  [1, 'error', 'gave up (deliver): send: answered 422', { type: 'gaveUp', phase: 'deliver', problem, report }],
  [1, 'error', 'damaged on the disk: send: answered 422', { type: 'damaged', problem }],
  [1, 'warn', 'linkRefused: send: answered 422', { type: 'linkRefused', problem }],
  [1, 'warn', 'paused: send: answered 422', { type: 'paused', problem }],
  [1, 'warn', 'a stream named Growth run 42 may have been left on the platform: send: answered 422', orphaned],
  [1, 'warn', 'gap of 7 frames (policy)', { type: 'gap', gap: hole }],
  [1, 'warn', 'gap of 7 points of Ga flux (policy)', { type: 'gap', gap: { ...hole, channel: 'Ga flux' } }],
  [1, 'warn', 'chunk 3 begins 12 ms too early: frames come faster than fps', { type: 'overlap', index: 3, byMs: 12.4 }],
  [2, 'info', 'asked for Growth run 42', asked('Growth run 42')],
  [2, 'info', 'asked for a stream', asked()],
  [2, 'info', 'opened as stream-1', { type: 'opened', dataId }],
  [2, 'info', 'resumed', { type: 'resumed' }],
  [2, 'info', 'taken over from an earlier process: 9 chunks to deliver', { type: 'recovered', undelivered: 9 }],
  [2, 'info', 'chunk 3 is sent again', { type: 'retried', chunk }],
  [2, 'info', 'ending (cancelled)', { type: 'ending', outcome: 'cancelled' }],
  [2, 'info', 'closed: 48 of 50 frames delivered', { type: 'closed', dataId, report }],
  [
    2,
    'info',
    'closed: 48 of 50 points delivered',
    { type: 'closed', dataId, report: { ...report, kind: 'timeseries' } },
  ],
  [3, 'debug', 'send again in 500 ms: send: answered 422', { type: 'retrying', step: 'send', inMs: 500, problem }],
  [4, 'debug', 'about to create', { type: 'intent', step: 'create' }],
  [4, 'debug', 'created stream-1', { type: 'created', dataId }],
  [4, 'debug', 'chunk 3 accepted (48 items)', { type: 'accepted', chunk, time }],
  [4, 'debug', 'chunk 3 durable (48 items)', { type: 'durable', chunk, bytes: 9 }],
  [
    4,
    'debug',
    'chunk Ga flux 3 delivered (48 items)',
    { type: 'delivered', chunk: { ...chunk, channel: 'Ga flux' }, to: dataId, as: 3 },
  ],
  [4, 'debug', 'chunk 3 delivered (48 items)', { type: 'delivered', chunk, to: dataId, as: 3 }],
];

describe('narrate', () => {
  it.each(lines)('from verbosity %i on tells the %s: %s', (from, level, said, what) => {
    expect(narrate(event(what))).toEqual({ from, level, text: `epistream 0f8fad5b ${said}` });
  });

  it('says one line, whatever a name holds', () => {
    const named = asked('run\r\n42\u2028\u0000\u001b[31m\u009b1m red');
    expect(narrate(event(named)).text).toBe('epistream 0f8fad5b asked for run 42 [31m 1m red');
  });
});
