import type { DataId, SessionId } from '../../src/model/identifiers.js';
import type { LogEntry } from '../../src/spool/recordShapes.js';

const chunk = { index: 3, revision: 0, items: 48 };
const points = { index: 4, channel: 'Ga Ofen °C', revision: 2, items: 100 };
const clock = { offsetMs: -1.5, uncertaintyMs: 0.25, takenAt: 1_763_672_399_000 };
const time = { startMs: 1_763_672_400_123.25, timeBase: 'host', clock } as const;
const problem = { tag: 'IngestError', message: 'send: answered 422', status: 422, field: 'fps' };
const gap = { frames: 7, fromMs: 1000, toMs: 1280.5, cause: 'policy' } as const;
const dataId = 'stream-1' as DataId;
const report = {
  session: '6f7c0f0e-2f6c-4c59-8b14-0c3f3c1a9d11' as SessionId,
  kind: 'rheed',
  streams: [dataId],
  outcome: 'complete',
  ended: true,
  offered: 103,
  delivered: 48,
  kept: 0,
  rejected: 48,
  dropped: 7,
  lost: 0,
  deadLetters: [{ chunk, problem }],
  gaps: [gap],
  linksRefused: [problem],
  orphans: ['Growth run 42'],
} as const;

/** One of each type that a journal stores, with all its fields. */
export const everyRecord: { readonly [T in LogEntry['type']]: Required<Extract<LogEntry, { readonly type: T }>> } = {
  asked: {
    type: 'asked',
    asked: {
      kind: 'rheed',
      options: {
        fps: 24,
        rotationsPerMin: 0,
        chunkSize: 48,
        streamName: 'Growth run 42',
        azimuth: '[110]',
        startMs: 0,
        onGap: 'split',
        onClosed: 'keep',
        physicalSample: 'GaN-001',
        projectId: 'p',
        tags: ['GaN', 'β-Ga₂O₃'],
      },
    },
  },
  owner: { type: 'owner', owner: { endpoint: 'https://example.org', keyPrint: '0123456789abcdef' } },
  accepted: {
    type: 'accepted',
    chunk,
    time,
    frames: [
      {
        width: 640,
        height: 480,
        format: 'gray8',
        bits: 8,
        capturedAt: 1_763_672_400_123.25,
        arrivedAt: 1_763_672_400_150,
        timeBase: 'host',
        frameId: 2 ** 40,
        deviceTicks: 5n,
        exposureSeconds: 0.02,
        gain: Number.NaN,
        gapBefore: gap,
      },
    ],
  },
  durable: { type: 'durable', chunk, bytes: 14_745_600, file: '3.chunk', crc: 0xffff_fffe },
  body: { type: 'body', chunk: points, time, dims: [100], bytes: Uint8Array.of(0, 1, 254, 255) },
  intent: { type: 'intent', step: 'create' },
  notCreated: { type: 'notCreated' },
  created: { type: 'created', dataId, firstIndex: 3 },
  orphaned: { type: 'orphaned', streamName: 'Growth run 42', problem },
  opened: { type: 'opened', dataId, continues: 'stream-0' as DataId, firstIndex: 3 },
  linkRefused: { type: 'linkRefused', problem },
  delivered: { type: 'delivered', chunk, to: dataId, as: 0 },
  rejected: { type: 'rejected', chunk, problem },
  retried: { type: 'retried', chunk },
  lost: { type: 'lost', chunk, problem },
  gap: { type: 'gap', gap },
  ending: { type: 'ending', outcome: 'failed', problem },
  closed: { type: 'closed', dataId, report },
  gaveUp: { type: 'gaveUp', phase: 'deliver', problem, report },
};
