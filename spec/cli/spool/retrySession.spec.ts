import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NEVER, type Observable } from 'rxjs';
import { drainSpool } from '../../../src/cli/spool/drainSpool.js';
import { retrySession } from '../../../src/cli/spool/retrySession.js';
import { SpoolError } from '../../../src/model/errors.js';
import { spoolSessions } from '../../../src/spool/spoolSessions.js';
import { spoolState } from '../../../src/spool/spoolState.js';
import { KEY, keptRun, placeAt, temporaryFolder } from './keptRun.js';
import { laterServer, refusedRun, streamsOf } from './laterServer.js';
import { stopAt, told } from './told.js';

const closing: (() => Promise<unknown>)[] = [];
let root: string;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const refused = async () => {
  const { server, faults } = await refusedRun(root);
  closing.push(faults.close, server.close);
  return { faults, platform: server.url, endpoint: faults.url };
};
const settings = (endpoint: string, more: object = {}) => ({ spool: root, endpoint, key: KEY, json: true, ...more });
const retry = (endpoint: string, more: object = {}, stop$ = NEVER as Observable<number>) =>
  told(() => retrySession('Growth 42', settings(endpoint, more), stop$));
const states = async () => (await spoolSessions(placeAt(root))).map(spoolState);

describe('epistream spool retry', () => {
  it('sends what was refused into a continuation, with other links, and ends it', async () => {
    const { platform, endpoint } = await refused();
    expect(await states()).toEqual(['refused']);
    const { code, last } = await retry(endpoint, { sample: 'GaN-002' });
    expect([code, last]).toMatchObject([0, { event: 'report', exitCode: 0, delivered: 25, rejected: 0, ended: true }]);
    expect(last?.streams).toHaveLength(2);
    const streams = await streamsOf(platform);
    expect(streams.map(({ state }) => state)).toEqual(['ended', 'ended']);
    expect(streams.reduce((sum, { frames }) => sum + frames, 0)).toBe(25);
    const samples = await fetch(`${platform}/physical_samples/`, { headers: { 'x-api-key': KEY } });
    expect(await samples.json()).toMatchObject([{ name: 'GaN-002' }]);
    expect(await states()).toEqual([]);
  });

  it('that is broken off leaves what was refused to be sent again, by another retry only', async () => {
    const { faults, platform, endpoint } = await refused();
    faults.script('create', [{ type: 'answer', status: 503, headers: { 'retry-after': '60' } }]);
    const { code, last } = await retry(endpoint, {}, stopAt('"event":"retrying"'));
    expect([code, last?.rejected, Number(last?.kept) + Number(last?.delivered)]).toEqual([1, 0, 25]);
    expect(await states()).toEqual(['waiting']);
    const drained = await told(() => drainSpool(settings(endpoint), NEVER));
    expect([drained.code, (await streamsOf(platform)).length]).toEqual([1, 1]);
    expect(drained.last?.left).toEqual([
      expect.objectContaining({ reason: expect.stringMatching(/its stream is over: epistream spool retry/) }),
    ]);
    expect(await retry(endpoint)).toMatchObject({ code: 0, last: { delivered: 25 } });
  });

  it('that is refused again says where it is, and how it goes on', async () => {
    const { faults, endpoint } = await refused();
    faults.script('presign', [{ type: 'answer', status: 422, body: '{"detail":"still not"}' }]);
    const { code, text, complaint } = await retry(endpoint, { json: false });
    expect([code, text]).toEqual([1, [expect.stringMatching(/^delivered (5|20) of 25 frames, stream /)]]);
    expect(complaint).toMatch(/refused frames are kept in .*epistream spool export/);
    expect(await states()).toEqual(['refused']);
  });

  it('takes a session of another key only when it is told to', async () => {
    const later = await laterServer();
    await keptRun(root, { endpoint: later.url, apiKey: 'an-old-key' });
    closing.push((await later.begin()).close);
    await expect(retry(later.url)).rejects.toThrow(SpoolError);
    expect(await states()).toEqual(['waiting']);
    const { code, last } = await retry(later.url, { adopt: true });
    expect([code, last?.delivered, await states()]).toEqual([0, 25, []]);
  });
});
