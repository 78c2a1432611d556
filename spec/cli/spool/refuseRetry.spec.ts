import { describe, expect, it } from '@jest/globals';
import { refuseRetry } from '../../../src/cli/spool/refuseRetry.js';
import type { SpoolSetting } from '../../../src/cli/spool/spoolSetting.js';
import { SpoolError } from '../../../src/model/errors.js';
import { placeAt } from './keptRun.js';
import { accepted, closed, ENDPOINT, rejected, type Spooled, spooled } from './spooled.js';

const setting: SpoolSetting = {
  place: placeAt('/spool'),
  endpoint: ENDPOINT,
  ownerOf: () => ({ endpoint: ENDPOINT, keyPrint: 'ours' }),
};
const retry = (session: Spooled, adopt = false) =>
  refuseRetry(spooled({ records: [accepted(0)], ...session }), setting, adopt);
const theirs = { endpoint: ENDPOINT, keyPrint: 'theirs' };

describe('refuseRetry', () => {
  it.each<[string, Spooled, boolean]>([
    ['undelivered chunks', {}, false],
    ['refused chunks', { records: [accepted(0), rejected(0), closed()] }, false],
    ['chunks of another key that are adopted', { owner: theirs }, true],
  ])('lets %s pass', (_, session, adopt) => {
    expect(() => retry(session, adopt)).not.toThrow();
  });

  it.each<[Spooled, string]>([
    [{ isRunning: true }, 'belongs to a running process'],
    [{ isFuture: true }, 'was written by a later version'],
    [{ records: [] }, 'has nothing to send'],
    [{ owner: theirs }, 'was made with another key: --adopt takes it under this one'],
    [
      { owner: { endpoint: 'https://other.example' } },
      'is for another platform: give --endpoint https://other.example',
    ],
  ])('refuses %j', (session, why) => {
    expect(() => retry(session)).toThrow(SpoolError);
    expect(() => retry(session)).toThrow(why);
  });

  it('adopts nothing for another platform', () => {
    expect(() => retry({ owner: { endpoint: 'https://other.example' } }, true)).toThrow('another platform');
  });
});
