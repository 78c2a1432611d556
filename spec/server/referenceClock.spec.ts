import { afterEach, describe, expect, it } from '@jest/globals';
import { call, localServers } from './localServer.js';

const { start, tidy } = localServers();
afterEach(tidy);

describe('referenceClock', () => {
  it('tells when it was asked and when it answered, for nobody to keep', async () => {
    const { url } = await start();
    const before = Date.now();
    const { status, headers, body } = await call(`${url}/gateway/time`, 'GET');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(Object.keys(body)).toEqual(['receivedAtUnixMs', 'transmittedAtUnixMs']);
    expect(body.receivedAtUnixMs).toBeGreaterThanOrEqual(before);
    expect(body.transmittedAtUnixMs).toBeGreaterThanOrEqual(body.receivedAtUnixMs);
    expect(body.transmittedAtUnixMs).toBeLessThanOrEqual(Date.now());
  });
});
