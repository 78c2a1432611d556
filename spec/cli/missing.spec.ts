import { describe, expect, it } from '@jest/globals';
import { missing } from '../../src/cli/missing.js';
import { emptyReport } from '../../src/model/addToReport.js';
import type { SessionId } from '../../src/model/identifiers.js';
import type { SessionReport } from '../../src/model/sessionReport.js';

const report = (more: Partial<SessionReport>): SessionReport => ({
  ...emptyReport('s-1' as SessionId, 'rheed'),
  ...more,
});
const origin = 'the images are in run42';
const inMemory = {};
const onDisk = { ...inMemory, spool: { dir: '/spool', resume: 'epistream spool drain --spool /spool' } };
const problem = { tag: 'IngestError', message: 'too large' };
const deadLetters = [{ chunk: { index: 3, revision: 0, items: 1 }, problem }];

describe('missing', () => {
  it('has nothing to say of a run that is whole', () => {
    expect(missing(report({ offered: 9, delivered: 8, dropped: 1 }), onDisk)).toEqual([]);
  });

  it('speaks of points, and of whose they are', () => {
    const points = { ...emptyReport('s-1' as SessionId, 'timeseries'), rejected: 2, lost: 1 };
    const refused = { chunk: { index: 3, channel: 'LL IG', revision: 0, items: 2 }, problem };
    expect(missing({ ...points, lost: 0 }, inMemory, { part: 'events' })).toEqual([
      '2 events were not delivered and are kept nowhere else',
    ]);
    expect(missing({ ...points, deadLetters: [refused] }, inMemory)).toEqual([
      '3 points were not delivered and are kept nowhere else',
      'chunk 3 of LL IG (2 points): too large',
    ]);
  });

  it.each<[string, Partial<SessionReport>, object, readonly string[]]>([
    [
      'kept on disk',
      { kept: 9 },
      onDisk,
      ['9 frames are kept in /spool: epistream spool drain --spool /spool delivers them'],
    ],
    [
      'kept for want of a key',
      { kept: 9 },
      { ...onDisk, waitsFor: 'a key that works' },
      ['9 frames are kept in /spool: epistream spool drain --spool /spool delivers them with a key that works'],
    ],
    [
      'kept in memory, which is going',
      { kept: 1 },
      inMemory,
      ['1 frame was not delivered and is kept nowhere else: the images are in run42'],
    ],
    [
      'kept alone',
      { kept: 1 },
      onDisk,
      ['1 frame is kept in /spool: epistream spool drain --spool /spool delivers it'],
    ],
    [
      'lost before they were on the disk',
      { kept: 4, lost: 2 },
      onDisk,
      [
        '4 frames are kept in /spool: epistream spool drain --spool /spool delivers them',
        '2 frames were not delivered and are kept nowhere else: the images are in run42',
      ],
    ],
    [
      'refused, and on the disk',
      { rejected: 1, deadLetters },
      onDisk,
      [
        'chunk 3 (1 frame): too large',
        '1 refused frame is kept in /spool: epistream spool export s-1 --out DIR writes it out, epistream spool retry s-1 sends it again',
      ],
    ],
    [
      'refused, and nowhere else',
      { rejected: 1, deadLetters },
      inMemory,
      ['1 frame was not delivered and is kept nowhere else: the images are in run42', 'chunk 3 (1 frame): too large'],
    ],
    ['orphaned', { orphans: ['Growth 42'] }, onDisk, ['a stream named "Growth 42" may have been left on the platform']],
  ])('says where frames are that were %s', (_, more, where, lines) => {
    expect(missing(report(more), where as typeof onDisk, { origin })).toEqual(lines);
  });
});
