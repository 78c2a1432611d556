import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { EncoderError, InputError } from '../../src/model/errors.js';
import { workerShardEncoder } from '../../src/zarr/workerShardEncoder.js';
import { bytesOf, ramp, shardEncoderContract } from './shardEncoderContract.js';

shardEncoderContract('workerShardEncoder', () => workerShardEncoder({ poison: true }));
shardEncoderContract('workerShardEncoder with one worker', () => workerShardEncoder({ poison: true, workers: 1 }));

const shape = { width: 8, height: 6, frames: 20 };
const script = fileURLToPath(new URL('mortal.worker.mjs', import.meta.url));
const closed = (encoder: ReturnType<typeof workerShardEncoder>) =>
  lastValueFrom(encoder.close(), { defaultValue: undefined });

describe('workerShardEncoder', () => {
  it.each([
    ['throws', 1, 'the shard could not be encoded: its worker failed with Error: the lamp fell'],
    ['ends', 2, 'the shard could not be encoded: its worker ended with code 7'],
  ])('fails a shard whose worker %s, and makes the next with a new one', async (_, how, message) => {
    const encoder = workerShardEncoder({ script, workers: 1, poison: true });
    const doomed = encoder.begin({ width: 8, height: 6, frames: 20 });
    doomed.add(ramp(1)[0]!);
    doomed.add(new Uint8Array(48).fill(240 + how));
    const failure = await lastValueFrom(doomed.finish()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EncoderError);
    expect((failure as Error).message).toBe(message);

    const shard = encoder.begin(shape);
    shard.add(ramp(1)[0]!);
    expect((await firstValueFrom(shard.finish())).dims).toEqual([1, 6, 8]);
    await closed(encoder);
  });

  it('still counts frames of a shard whose worker has died, and tells at its end', async () => {
    const encoder = workerShardEncoder({ script, workers: 1 });
    const [one, two] = [encoder.begin(shape), encoder.begin(shape)];
    two.add(ramp(1)[0]!);
    one.add(new Uint8Array(48).fill(242));
    await expect(lastValueFrom(one.finish())).rejects.toBeInstanceOf(EncoderError);
    two.add(ramp(1)[0]!);
    expect(two.count).toBe(2);
    await expect(lastValueFrom(two.finish())).rejects.toBeInstanceOf(EncoderError);
    two.abort();
    await closed(encoder);
  });

  it('begins nothing after it was closed', async () => {
    const encoder = workerShardEncoder();
    await closed(encoder);
    expect(() => encoder.begin(shape)).toThrow('the shard could not be encoded: the encoder has been closed');
  });

  it('compresses more at a higher level', async () => {
    const sizes = [1, 19].map(async (level) => {
      const encoder = workerShardEncoder({ level });
      const shard = encoder.begin({ width: 500, height: 100, frames: 1 });
      shard.add(Uint8Array.from({ length: 50_000 }, (_, k) => (k * k) >>> 8));
      const bytes = bytesOf(await firstValueFrom(shard.finish())).byteLength;
      await closed(encoder);
      return bytes;
    });
    const [fast, small] = await Promise.all(sizes);
    expect(small).toBeLessThan(fast!);
  });

  it.each([
    ['level', 0],
    ['level', 23],
    ['level', 2.5],
    ['workers', 0],
    ['workers', Number.NaN],
  ])('refuses %s %d', (field, value) => {
    expect(() => workerShardEncoder({ [field]: value })).toThrow(InputError);
  });

  it('keeps a process alive for a shard that is being finished, and for nothing else', () => {
    const run = (last: string): string => {
      const dist = new URL('../../dist/zarr/workerShardEncoder.js', import.meta.url).href;
      const code = `
        import { workerShardEncoder } from ${JSON.stringify(dist)};
        const shard = workerShardEncoder().begin({ width: 8, height: 6, frames: 20 });
        for (let k = 0; k < 20; k++) shard.add(new Uint8Array(48));
        ${last}
        process.on('exit', () => console.log('exit'));`;
      const options = { encoding: 'utf8', timeout: 20_000 } as const;
      return execFileSync(process.execPath, ['--input-type=module', '--eval', code], options).trim();
    };
    expect(run('shard.finish().subscribe((chunk) => console.log(chunk.dims.join()));')).toBe('20,6,8\nexit');
    expect(run('')).toBe('exit');
  });
});
