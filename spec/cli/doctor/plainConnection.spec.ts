import { describe, expect, it } from '@jest/globals';
import { plainConnection } from '../../../src/cli/doctor/plainConnection.js';

const failed = (code: string) => new Error('clock: no answer', { cause: Object.assign(new Error('x'), { code }) });

describe('plainConnection', () => {
  it.each([
    ['CERT_HAS_EXPIRED', 'its certificate has expired'],
    ['CERT_NOT_YET_VALID', 'its certificate is not valid yet'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'it signs its certificate itself'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'signed by somebody this computer does not know'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'signed by somebody this computer does not know'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'signed by somebody this computer does not know'],
    ['ENOTFOUND', 'no host has this name'],
    ['EAI_AGAIN', 'cannot be looked up'],
    ['ECONNREFUSED', 'nobody listens there'],
    ['UND_ERR_CONNECT_TIMEOUT', 'does not answer'],
  ])('says %s in plain words, and what to do', (code, says) => {
    const obstacle = plainConnection(failed(code));
    expect(obstacle.says).toContain(says);
    expect(obstacle.says).not.toContain(code);
    expect(obstacle.advice).toMatch(/\w{3}/);
  });

  it('says of anything else what it says itself', () => {
    expect(plainConnection(failed('EWHATEVER')).says).toBe('clock: no answer');
    expect(plainConnection('a string').says).toBe('a string');
  });
});
