import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { grantPath, readGrant, type UploadGrant } from '../../src/server/presign.js';

const secret = Buffer.from('a secret of the local platform');

const grant: UploadGrant = {
  dataId: '11111111-1111-4111-8111-111111111111',
  index: 3,
  frames: 7,
  height: 6,
  width: 8,
  chunkSize: 20,
  startMs: 1_700_000_000_123,
  fps: 23.976,
  expiresMs: 1_700_000_900_000,
};

describe('presign', () => {
  it('reads back the grant it signed, up to the moment it ends', () => {
    expect(readGrant(secret, grantPath(secret, grant), grant.expiresMs)).toEqual(grant);
  });

  it('refuses a grant that is over', () => {
    expect(() => readGrant(secret, grantPath(secret, grant), grant.expiresMs + 1)).toThrow(
      expect.objectContaining({ context: { status: 403, detail: expect.stringMatching(/expired/) } }),
    );
  });

  it('refuses a grant of another secret', () => {
    expect(() => readGrant(secret, grantPath(Buffer.from('another'), grant), 0)).toThrow(/signature/);
  });

  it('shows no part of the secret', () => {
    expect(grantPath(secret, grant)).not.toContain(secret.toString('base64url').slice(0, 8));
  });

  it('refuses every path in which one character is not what was signed', () => {
    const path = grantPath(secret, grant);
    fc.assert(
      fc.property(fc.nat(path.length - 1), fc.integer({ min: 33, max: 126 }), (at, code) => {
        const altered = path.slice(0, at) + String.fromCharCode(code) + path.slice(at + 1);
        fc.pre(altered !== path);
        expect(() => readGrant(secret, altered, 0)).toThrow(/signature/);
      }),
    );
  });
});
