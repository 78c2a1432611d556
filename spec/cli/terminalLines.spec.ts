import { describe, expect, it } from '@jest/globals';
import type { Progress } from '../../src/cli/progress.js';
import { terminalLines } from '../../src/cli/terminalLines.js';
import { emptyReport } from '../../src/model/addToReport.js';
import { IncompleteSessionError, SessionFailedError } from '../../src/model/errors.js';
import type { DataId, SessionId } from '../../src/model/identifiers.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import type { SessionReport } from '../../src/model/sessionReport.js';

const open = (terminal: { isTTY?: boolean; columns?: number } = {}) => {
  const said: string[] = [];
  const results: string[] = [];
  const log = terminalLines({ ...terminal, write: (text) => said.push(text) }, { write: (text) => results.push(text) });
  return { log, said, results };
};

const progress = (atMs: number, frames: number): Progress => ({
  atMs,
  feeds: [{ noun: 'frame', read: frames, bytes: frames * 1e6, total: 10, delivered: 0 }],
  retries: 0,
  heldBytes: 0,
  budgetBytes: 1,
  undelivered: 0,
});

const inMemory = {};
const onDisk = { spool: { dir: '/spool', resume: 'epistream spool drain' } };

const onItsWay = [{ part: 'frames', noun: 'frame', items: 9 }] as const;

const session = 's' as SessionId;
const event = (more: object) => ({ session, at: 0, ...more }) as SessionEvent;
const report = (more: Partial<SessionReport>): SessionReport => ({ ...emptyReport(session, 'rheed'), ...more });
const problem = { tag: 'IngestError', message: 'the storage refused it' };
const chunk = { index: 3, revision: 0, items: 4 };

describe('terminalLines', () => {
  it('rewrites one line of progress on a terminal, within its width', () => {
    const { log, said } = open({ isTTY: true, columns: 20 });
    log.progress(progress(0, 1));
    log.progress(progress(250, 2));
    log.event(event({ type: 'resumed' }));
    expect(said).toEqual(['\r\x1b[K1 of 10 frames, 0.0', '\r\x1b[K2 of 10 frames, 4.0', '\r\x1b[Kresumed\n']);
  });

  it('takes a terminal of unknown width for one of 80 columns', () => {
    const { log, said } = open({ isTTY: true, columns: 0 });
    log.progress(progress(0, 1));
    expect(said[0]).toMatch(/budget 0 %$/);
  });

  it('averages rates over five seconds', () => {
    const { log, said } = open({ isTTY: true, columns: 200 });
    for (const [at, frames] of [
      [0, 0],
      [4000, 8],
      [6000, 8],
      [10_000, 8],
    ] as const)
      log.progress(progress(at, frames));
    expect(said.map((text) => text.match(/[\d.]+ MB/)?.[0])).toEqual(['0.0 MB', '2.0 MB', '0.0 MB', '0.0 MB']);
  });

  it('writes a plain line now and then to anything else', () => {
    const { log, said } = open();
    for (let at = 20_000; at <= 40_000; at += 250) log.progress(progress(at, 5));
    expect(said).toHaveLength(3);
    expect(said.join('')).not.toContain('\x1b');
  });

  it.each<[object, string]>([
    [{ type: 'opened', dataId: 'd1' }, 'opened stream d1\n'],
    [
      { type: 'opened', dataId: 'd2', continues: 'd1' },
      'stream d1 was closed by the platform: going on as stream d2\n',
    ],
    [{ type: 'linkRefused', problem }, 'not linked: the storage refused it\n'],
    [{ type: 'rejected', chunk, problem }, 'chunk 3 was refused: the storage refused it\n'],
    [{ type: 'paused', problem }, 'paused: the storage refused it\n'],
    [{ type: 'gap', gap: { frames: 5 } }, '5 frames are missing before this one\n'],
    [{ type: 'gap', gap: { frames: 1, channel: 'LL IG' } }, '1 point of LL IG is missing\n'],
    [
      { type: 'rejected', chunk: { ...chunk, channel: 'LL\x1bIG' }, problem },
      'chunk 3 of LL\\u{1b}IG was refused: the storage refused it\n',
    ],
  ])('tells a person of %j', (more, text) => {
    const { log, said } = open();
    log.event(event(more));
    expect(said).toEqual([text]);
  });

  it('does not tell a person of every step', () => {
    const { log, said } = open();
    for (const type of ['asked', 'accepted', 'delivered', 'ending', 'closed']) log.event(event({ type }));
    expect(said).toEqual([]);
  });

  it('gives the result, and nothing else, to whoever reads it', () => {
    const { log, said, results } = open();
    log.end(0, [{ report: report({ offered: 9, delivered: 9, ended: true, streams: ['d1' as DataId] }) }], inMemory);
    expect([results, said.join('')]).toEqual([['delivered 9 of 9 frames, stream d1\n'], '']);
  });

  it('says what was not delivered, why, and where it still is', () => {
    const { log, said, results } = open();
    const partial = report({
      offered: 9,
      delivered: 3,
      rejected: 4,
      dropped: 1,
      lost: 1,
      deadLetters: [{ chunk, problem }],
      orphans: ['Growth run 42'],
    });
    const origin = 'the images are in run42';
    log.end(1, [{ report: partial, error: new IncompleteSessionError(partial), origin }], inMemory);
    expect(results).toEqual(['delivered 3 of 9 frames (not ended)\n']);
    expect(said.join('').trim().split('\n')).toEqual([
      'error: 3 of 9 frames were delivered (0 kept, 4 rejected, 1 lost), and the stream was not ended',
      '5 frames were not delivered and are kept nowhere else: the images are in run42',
      'chunk 3 (4 frames): the storage refused it',
      'a stream named "Growth run 42" may have been left on the platform',
    ]);
  });

  it.each([
    [inMemory, 'stopping: delivering 9 more frames and ending the stream (again to give them up)\n'],
    [onDisk, 'stopping: delivering 9 more frames and ending the stream (again to leave the rest in /spool)\n'],
  ])('says what a second request to stop would do: %j', (where, text) => {
    const { log, said } = open();
    log.stopping(onItsWay, where);
    expect(said).toEqual([text]);
  });

  it.each([
    [inMemory, 'asking again gives them up'],
    [onDisk, 'asking again leaves them in /spool, and epistream spool drain delivers them'],
  ])('says that delivery waits for a key when it is asked to stop: %j', (where, again) => {
    const { log, said } = open();
    log.stopping(onItsWay, { ...where, waitsFor: 'a key that works' });
    expect(said).toEqual([`stopping: delivery of 9 more frames waits for a key that works (${again})\n`]);
  });

  it('speaks of one as of one', () => {
    const { log, said } = open();
    log.stopping([{ part: 'events', noun: 'event', items: 1 }], { ...onDisk, waitsFor: 'a key that works' });
    expect(said.join('')).toContain('(asking again leaves it in /spool, and epistream spool drain delivers it)');
  });

  it('says that no key was given when one is wanted', () => {
    const { log, said } = open();
    const wanted = { ...problem, status: 401 };
    log.end(1, [{ error: new SessionFailedError('open', wanted, report({})) }], { isKeyless: true });
    expect(said.join('')).toContain('no key was given');
  });

  it('names the stream of everything that it says of a run of several', () => {
    const { log, said, results } = open();
    const whole = report({ offered: 9, delivered: 9, ended: true });
    const points = { ...emptyReport(session, 'timeseries'), offered: 9, delivered: 4, kept: 5, ended: true };
    log.event(event({ type: 'opened', dataId: 'd2' }), 'channels');
    log.stopping([...onItsWay, { part: 'channels', noun: 'point', items: 5 }], onDisk);
    log.end(
      1,
      [
        { part: 'frames', report: whole },
        { part: 'channels', report: points, error: new Error('the line is dead') },
      ],
      onDisk,
    );
    expect(results).toEqual(['frames: delivered 9 of 9 frames\n', 'channels: delivered 4 of 9 points\n']);
    expect(said.join('').trim().split('\n')).toEqual([
      'channels: opened stream d2',
      'stopping: delivering 9 more frames and 5 more points and ending the streams (again to leave the rest in /spool)',
      'channels: error: the line is dead',
      'channels: 5 points are kept in /spool: epistream spool drain delivers them',
    ]);
  });

  it('tells warnings from notes', () => {
    const { log, said } = open();
    log.note('no colour');
    log.warn('the spool is full');
    expect(said).toEqual(['note: no colour\n', 'warning: the spool is full\n']);
  });
});
