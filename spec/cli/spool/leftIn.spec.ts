import { describe, expect, it } from '@jest/globals';
import { leftIn } from '../../../src/cli/spool/leftIn.js';
import { keyPrintOf } from '../../../src/spool/owner.js';
import { KEY, keptRun, keptSpool, NOWHERE, placeAt, startRun, temporaryFolder } from './keptRun.js';
import { withLost } from './withLost.js';

const settingOf = (root: string, key: string, endpoint = NOWHERE) => ({
  place: placeAt(root),
  endpoint,
  ownerOf: (session: string) => ({ endpoint, keyPrint: keyPrintOf(key, session) }),
});

describe('leftIn', () => {
  it('names what is not finished, and why; nothing of another platform', async () => {
    const root = temporaryFolder();
    await keptRun(root, { apiKey: 'one-key' });
    const running = await startRun(root, { apiKey: 'another-key', count: 20 });
    const { left, others } = await leftIn(settingOf(root, 'one-key'));
    expect(others).toBe(0);
    expect(left.map(({ state, reason }) => [state, reason])).toEqual([
      ['waiting', expect.stringMatching(/^25 frames undelivered: delivery was stopped/)],
      ['running', 'another process has it'],
    ]);
    await running.close({ deadlineMs: 0 });
    const [, other] = (await leftIn(settingOf(root, 'one-key'))).left;
    expect(other?.reason).toBe(
      `it was made with another key: epistream spool retry ${other?.id} --adopt takes it under this one`,
    );
    expect(await leftIn(settingOf(root, 'one-key', 'https://other.example'))).toEqual({ left: [], others: 2 });
  });

  it('says what was lost apart from what is undelivered', async () => {
    const root = await keptSpool();
    await withLost(root, 1);
    const [left] = (await leftIn(settingOf(root, KEY))).left;
    expect(left?.reason).toMatch(/^25 frames undelivered, 20 frames lost: delivery was stopped/);
  });
});
