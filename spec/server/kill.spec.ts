import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { clientOf, localServers, pixels, readArray, readAttributes, shards } from './localServer.js';

const { start, directory, tidy } = localServers();
afterEach(tidy);

const program = `
  import { startServer } from ${JSON.stringify(new URL('../../dist/server/startServer.js', import.meta.url).href)};
  console.log((await startServer({ dataDir: process.argv[1] })).url);
`;

/** The built server in a process of its own. */
const spawnServer = async (dataDir: string): Promise<{ readonly child: ChildProcess; readonly url: string }> => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  return { child, url: String(line).trim() };
};

const isBlack = (frame: readonly number[]): boolean => frame.every((pixel) => pixel === 0);

describe('a server that is killed', () => {
  it('leaves a store that opens, with all it acknowledged, and goes on from there', async () => {
    const dataDir = await directory();
    const { child, url } = await spawnServer(dataDir);
    const client = clientOf(url);
    const dataId = await client.createRheed();
    const acknowledged: number[] = [];
    const send = async (index: number): Promise<void> => {
      await client.send(dataId, index, shards.full);
      acknowledged.push(index);
      // The others are on their way.
      if (acknowledged.length === 4) child.kill('SIGKILL');
    };
    await Promise.allSettled(Array.from({ length: 12 }, (_, index) => send(index)));
    expect(acknowledged.length).toBeGreaterThanOrEqual(4);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');

    const store = join(dataDir, dataId, 'frames.zarr');
    const [frames, time] = [await readArray(store, 'frames'), await readArray(store, 'time')];
    for (const index of acknowledged) expect(frames.data.slice(index * 960, (index + 1) * 960)).toEqual(pixels(20));
    time.data.forEach((at, k) => {
      if (!Number.isNaN(at) && k < (frames.shape[0] ?? 0))
        expect(isBlack(frames.data.slice(k * 48, (k + 1) * 48))).toBe(false);
    });

    const again = clientOf((await start({ dataDir })).url);
    const [listed] = (await again.get('/streams')).body;
    expect(listed).toMatchObject({ data_id: dataId, state: 'open' });
    expect(listed.frames).toBeGreaterThanOrEqual(acknowledged.length * 20);
    for (let index = 0; index < 12; index += 1) await again.send(dataId, index, shards.full);
    await again.end(dataId);
    const whole = await readArray(store, 'frames');
    expect(whole.shape).toEqual([240, 6, 8]);
    expect(whole.data).toEqual(Array.from({ length: 12 }, () => pixels(20)).flat());
    expect(await readAttributes(store)).toMatchObject({ filled_slots: 240 });
  });
});
