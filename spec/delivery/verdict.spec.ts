import { describe, expect, it } from '@jest/globals';
import { verdictOn } from '../../src/delivery/verdict.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';

const retry = (outage: boolean) => ({ means: 'retry', outage });
const refused = { means: 'refused' };
const closed = { means: 'closed' };

describe('what an answer means', () => {
  it.each([
    ['a network failure', ingestFailure('send', 'network'), retry(true)],
    ['a reply that does not decode', ingestFailure('create', 'reply'), retry(true)],
    ...[408, 425, 429, 500, 502, 503, 504].map(
      (status) => [`${status}`, ingestFailure('send', status), retry(true)] as const,
    ),
    ["end's 503", ingestFailure('end', 503), retry(false)],
    ["end's 500", ingestFailure('end', 500), retry(true)],
    ...[400, 401, 403, 404, 409, 410, 412].map(
      (status) =>
        [`${status} of the storage`, ingestFailure('put', status, { from: 'storage' }), retry(false)] as const,
    ),
    ['500 of the storage', ingestFailure('put', 500, { from: 'storage' }), retry(true)],
    ['413 of the storage', ingestFailure('put', 413, { from: 'storage' }), refused],
    ['401', ingestFailure('presign', 401), { means: 'pause', whom: 'platform' }],
    ['403', ingestFailure('presign', 403), { means: 'pause', whom: 'session' }],
    ...[400, 402, 413, 422].map(
      (status) => [`${status} for a chunk`, ingestFailure('presign', status), refused] as const,
    ),
    ...[404, 409, 410].flatMap((status) => [
      [`${status} for a chunk`, ingestFailure('presign', status), closed] as const,
      [`${status} at the end`, ingestFailure('end', status), closed] as const,
      [`${status} for a link`, ingestFailure('link', status), refused] as const,
      [`${status} for a create`, ingestFailure('create', status), refused] as const,
    ]),
    ['a fault of ours', new TypeError('undefined is not a function'), refused],
  ])('%s', (_, error, verdict) => {
    expect(verdictOn(error, true)).toEqual(verdict);
  });

  it.each([401, 403])('%i with a constant key that has never worked is final', (status) => {
    expect(verdictOn(ingestFailure('resolve', status), false)).toEqual(refused);
  });
});
