import { describe, expect, it } from '@jest/globals';
import { hasTakenKey, isGone, verdictOn } from '../../src/delivery/verdict.js';
import { SpoolError } from '../../src/model/errors.js';
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
    ['a chunk whose file is damaged', new SpoolError('0.chunk', 'does not match its checksum'), { means: 'damaged' }],
    ['a chunk whose file is gone', Object.assign(new Error('gone'), { code: 'ENOENT' }), { means: 'damaged' }],
    ...['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY', 'EACCES', 'EPERM'].map(
      (code) => [`a disk that says ${code}`, Object.assign(new Error('busy'), { code }), retry(false)] as const,
    ),
    ['a disk that says EIO', Object.assign(new Error('worn out'), { code: 'EIO' }), refused],
  ])('%s', (_, error, verdict) => {
    expect(verdictOn(error, true)).toEqual(verdict);
  });

  it.each([401, 403])('%i with a constant key that has never worked is final', (status) => {
    expect(verdictOn(ingestFailure('resolve', status), false)).toEqual(refused);
  });
});

describe('an answer', () => {
  it('says that something is not there, or not any more', () => {
    expect([404, 409, 410, 422].map((status) => isGone(ingestFailure('end', status)))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(isGone(new TypeError('not an answer'))).toBe(false);
  });

  it('takes the key, unless it is that it refuses it', () => {
    const answers = [ingestFailure('send', 422), ingestFailure('put', 403, { from: 'storage' })];
    expect(answers.map(hasTakenKey)).toEqual([true, true]);
    const others = [ingestFailure('send', 401), ingestFailure('send', 403), new SpoolError('0.chunk', 'is damaged')];
    expect(others.map(hasTakenKey)).toEqual([false, false, false]);
  });
});
