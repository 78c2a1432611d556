import { describe, expect, it } from '@jest/globals';
import { neverConnected } from '../../src/ingest/neverConnected.js';

const refused = { code: 'ECONNREFUSED', syscall: 'connect' };
const reset = { code: 'ECONNRESET', syscall: 'read' };

describe('neverConnected', () => {
  it.each([
    ['a refusal', refused, true],
    ['an unknown name', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }, true],
    ['a slow connect', { code: 'UND_ERR_CONNECT_TIMEOUT' }, true],
    ['a certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, true],
    ['a host that speaks no TLS', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, true],
    ['a host that speaks another TLS', { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' }, true],
    ['a record that arrives damaged', { code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' }, false],
    ['every address of a host', { code: 'ECONNREFUSED', errors: [refused, refused] }, true],
    ['a reset', reset, false],
    ['the other side closing', { code: 'UND_ERR_SOCKET' }, false],
    ['a refusal and a reset', { errors: [refused, reset] }, false],
    ['an error of any other kind', new Error('no whole reply for 10 ms'), false],
    ['nothing', undefined, false],
  ])('judges %s', (_, cause, isSo) => {
    expect(neverConnected(cause)).toBe(isSo);
  });
});
