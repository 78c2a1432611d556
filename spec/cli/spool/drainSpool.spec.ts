import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NEVER, of } from 'rxjs';
import { drainSpool } from '../../../src/cli/spool/drainSpool.js';
import { spoolSessions } from '../../../src/spool/spoolSessions.js';
import { KEY, keptRun, keptSpool, NOWHERE, placeAt, temporaryFolder } from './keptRun.js';
import { laterServer, refusedRun, streamsOf } from './laterServer.js';
import { stopAt, told } from './told.js';
import { withLost } from './withLost.js';

const closing: (() => Promise<unknown>)[] = [];
let root: string;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const settings = (endpoint: string, more: object = {}) => ({ spool: root, endpoint, key: KEY, json: true, ...more });
const begun = async (later: Awaited<ReturnType<typeof laterServer>>) => {
  const server = await later.begin();
  closing.push(server.close);
};

describe('epistream spool drain', () => {
  it('delivers and ends what earlier processes left, and exits with 0', async () => {
    const later = await laterServer();
    await keptRun(root, { endpoint: later.url });
    await keptRun(root, { endpoint: later.url, streamName: 'Growth 43', count: 20 });
    await begun(later);
    const { code, last } = await told(() => drainSpool(settings(later.url), NEVER));
    expect([code, last]).toEqual([0, { event: 'drained', exitCode: 0, sessions: 2, lost: [], left: [], others: 0 }]);
    expect([...(await streamsOf(later.url))].sort((one, other) => one.frames - other.frames)).toMatchObject([
      { name: 'Growth 43', state: 'ended', frames: 20 },
      { name: 'Growth 42', state: 'ended', frames: 25 },
    ]);
    expect(await spoolSessions(placeAt(root))).toEqual([]);
  });

  it('exits with 1 when frames were lost with their process, and says how many', async () => {
    const later = await laterServer();
    await keptRun(root, { endpoint: later.url });
    await withLost(root, 6);
    await begun(later);
    const { code, text, complaint } = await told(() => drainSpool(settings(later.url, { json: false }), NEVER));
    expect([code, text]).toEqual([1, ['delivered 1 session, 0 left, 120 frames lost']]);
    expect(complaint).toMatch(/: 120 frames were lost, because its process died before they were on the disk$/m);
    expect(await streamsOf(later.url)).toMatchObject([{ state: 'ended', frames: 25 }]);
  });

  it('exits with 1 when something is left, and says why; nothing of another platform', async () => {
    const { server, faults } = await refusedRun(root);
    closing.push(faults.close, server.close);
    await keptRun(root, { endpoint: NOWHERE, streamName: 'elsewhere' });
    const { code, last } = await told(() => drainSpool(settings(faults.url), NEVER));
    expect([code, last]).toMatchObject([1, { event: 'drained', exitCode: 1, sessions: 0, others: 1 }]);
    expect(last?.left).toEqual([
      expect.objectContaining({ state: 'refused', reason: expect.stringContaining('epistream spool retry') }),
    ]);
  });

  it('says that it leaves the sessions of other platforms alone, and where they are shown', async () => {
    root = await keptSpool();
    const { code, text } = await told(() => drainSpool(settings('http://127.0.0.1:1', { json: false }), NEVER));
    const shown = `epistream spool ls --spool ${root}`;
    expect([code, text]).toEqual([0, [`delivered 0 sessions, 0 left, 1 of other platforms left alone (${shown})`]]);
  });

  it('leaves the rest where it is when it is asked to stop, and tells a person why', async () => {
    await keptRun(root, { endpoint: NOWHERE });
    const { code, text, complaint } = await told(() =>
      drainSpool(settings(NOWHERE, { json: false }), stopAt('ECONNREFUSED')),
    );
    expect([code, text]).toEqual([1, ['delivered 0 sessions, 1 left']]);
    expect(complaint).toContain('taken over from an earlier process: 2 chunks to deliver');
    expect(complaint).toMatch(/25 frames undelivered: delivery was stopped.*ECONNREFUSED/);
  });

  it('ends when the platform has been away for two minutes, and says what would wait', async () => {
    await keptRun(root, { endpoint: NOWHERE });
    const now = performance.now.bind(performance);
    let later = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now() + later);
    const away = stopAt('ECONNREFUSED').subscribe(() => {
      later = 121_000;
    });
    const { code, text, complaint } = await told(() => drainSpool(settings(NOWHERE, { json: false }), NEVER));
    away.unsubscribe();
    jest.restoreAllMocks();
    expect([code, text]).toEqual([1, ['delivered 0 sessions, 1 left']]);
    expect(complaint).toContain(`epistream spool drain --endpoint ${NOWHERE} --spool ${root} --watch waits for ever`);
    expect(complaint).toMatch(/25 frames undelivered/);
  });

  it('wants a spool that is there, unless it watches', async () => {
    const spool = join(root, 'to come');
    await expect(drainSpool(settings(NOWHERE, { spool }), NEVER)).rejects.toThrow('must be a folder that is there');
    const { code, last } = await told(() => drainSpool(settings(NOWHERE, { spool, watch: true }), of(1)));
    expect([code, last]).toMatchObject([0, { event: 'drained', exitCode: 0, sessions: 0 }]);
  });

  it('as a service ends well when it is stopped, whatever is left', async () => {
    await keptRun(root, { endpoint: NOWHERE });
    const watching = () => drainSpool(settings(NOWHERE, { watch: true }), stopAt('"event":"recovered"'));
    expect(await told(watching)).toMatchObject({ code: 0, last: { event: 'drained', exitCode: 0, left: [] } });
    expect(await spoolSessions(placeAt(root))).toHaveLength(1);
  });
});
