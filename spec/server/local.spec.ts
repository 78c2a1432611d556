import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { Agent } from 'undici';
import { local } from '../../src/server/local.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { fromFrames } from '../../src/sources/fromFrames.js';
import { frames } from '../../src/testing/frames.js';
import { call, localServers, readArray } from './localServer.js';

const { directory, tidy } = localServers();
afterEach(tidy);

const options = { fps: 10, rotationsPerMin: 15, chunkSize: 20, streamName: 'Growth run 42', tags: ['Growth'] };

describe('local', () => {
  it('takes a stream of frames and keeps every pixel', async () => {
    const platform = await local({ dir: await directory() });
    const run = frames(47, { width: 8, height: 6 });
    const events = await lastValueFrom(fromFrames(run).pipe(rheedSink(platform, options), toArray()));
    expect(events.at(-1)).toMatchObject({ type: 'closed', report: { offered: 47, delivered: 47, ended: true } });
    const { body } = await call(`${platform.url}/streams`, 'GET');
    expect(body).toMatchObject([{ name: 'Growth run 42', frames: 47, state: 'ended', tags: [{ name: 'Growth' }] }]);
    const stored = await readArray(body[0].path, 'frames');
    expect(stored.shape).toEqual([47, 6, 8]);
    expect(stored.data).toEqual(run.flatMap(({ data }) => Array.from(data)));
    expect(body[0].path.startsWith(join(platform.dir, body[0].data_id))).toBe(true);
    await platform.close();
  });

  it('closes its server with itself', async () => {
    const platform = await local({ dir: await directory() });
    expect(await platform.close()).toEqual([]);
    await expect(call(`${platform.url}/streams`, 'GET')).rejects.toThrow('ECONNREFUSED');
  });

  it('is disposed of like any platform', async () => {
    const platform = await local({ dir: await directory() });
    await platform[Symbol.asyncDispose]();
    await expect(call(`${platform.url}/streams`, 'GET')).rejects.toThrow('ECONNREFUSED');
  });

  it('closes its server also when the connection cannot be closed', async () => {
    const stuck = jest.spyOn(Agent.prototype, 'destroy').mockRejectedValueOnce(new Error('stuck'));
    const platform = await local({ dir: await directory() });
    await expect(platform.close()).rejects.toThrow('stuck');
    stuck.mockRestore();
    await expect(call(`${platform.url}/streams`, 'GET')).rejects.toThrow('ECONNREFUSED');
  });

  it('leaves no server behind when an option is refused', async () => {
    const dir = await directory();
    await expect(local({ dir, inFlight: 0 })).rejects.toMatchObject({ context: { field: 'inFlight', value: 0 } });
  });
});
