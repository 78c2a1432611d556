import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DrainWatch } from '../../../src/cli/spool/drainWatch.js';
import { emptyReport } from '../../../src/model/addToReport.js';
import type { SessionId } from '../../../src/model/identifiers.js';
import { keyPrintOf } from '../../../src/spool/owner.js';
import { spoolSessions } from '../../../src/spool/spoolSessions.js';
import { KEY, keptSpool, NOWHERE, placeAt, temporaryFolder } from './keptRun.js';
import { watched } from './watched.js';

let root: string;
let id: string;
beforeAll(async () => {
  root = await keptSpool();
  id = (await spoolSessions(placeAt(root)))[0]!.id;
});

const watching = (dir: string, key = KEY, endpoint = NOWHERE) => {
  const { platform, ...signs } = watched();
  const setting = {
    place: placeAt(dir),
    endpoint,
    ownerOf: (session: string) => ({ endpoint, keyPrint: keyPrintOf(key, session) }),
  };
  return { ...signs, watch: new DrainWatch(setting, platform) };
};

const reportOf = (session: string, lost = 0) => ({ ...emptyReport(session as SessionId, 'rheed'), lost });

describe('a drain', () => {
  it('is done when nothing is there that could be taken over', async () => {
    for (const { watch, status } of [
      watching(temporaryFolder()),
      watching(root, 'another-key'),
      watching(root, KEY, 'https://other.example'),
    ]) {
      status({ sessions: 0 });
      expect(await watch.isDone()).toBe(true);
    }
  });

  it('is not done while something is, or is on its way', async () => {
    const { watch, status } = watching(root);
    expect(await watch.isDone()).toBe(false);
    status({ sessions: 0 });
    expect(await watch.isDone()).toBe(false);
    status({ sessions: 1 });
    expect(await watch.isDone()).toBe(false);
  });

  it('leaves what it has given up, and counts what it has finished', async () => {
    const { watch, status, event } = watching(root);
    status({ sessions: 0 });
    event('closed', 'another', { report: reportOf('another') });
    expect([await watch.isDone(), watch.closed]).toEqual([false, 1]);
    event('gaveUp', id);
    expect([await watch.isDone(), watch.closed]).toEqual([true, 1]);
  });

  it('names the sessions that were ended without some of their frames', () => {
    const { watch, event } = watching(root);
    event('closed', 'whole', { report: reportOf('whole') });
    event('closed', 'cut', { report: reportOf('cut', 120) });
    const reason = expect.stringMatching(/^120 frames were lost, because its process died/);
    expect([watch.closed, watch.lossy]).toEqual([2, [{ id: 'cut', kind: 'rheed', items: 120, reason }]]);
  });

  it('is done when it gets no further, whatever is there', async () => {
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const { watch, status } = watching(root);
    status({ sessions: 0 });
    expect(await watch.isDone()).toBe(false);
    now = 60_000;
    expect(await watch.isDone()).toBe(true);
    jest.restoreAllMocks();
  });
});
