import { describe, expect, it } from '@jest/globals';
import { nodeZstd } from '../../../src/zarr/zstd/nodeZstd.js';
import { openZstd, zstdProviders } from '../../../src/zarr/zstd/openZstd.js';
import { wasmZstd } from '../../../src/zarr/zstd/wasmZstd.js';
import { availableZstds } from './availableZstds.js';
import { zstdContract } from './zstdContract.js';

const available = await availableZstds();
for (const zstd of available) zstdContract(zstd, available);

describe('openZstd', () => {
  it('opens the first provider that this computer has', async () => {
    expect((await openZstd()).name).toBe(available[0]?.name);
    const absent = () => Promise.reject(new Error('not built'));
    expect((await openZstd({ providers: [absent, wasmZstd] })).name).toBe('@bokuweb/zstd-wasm');
  });

  it('prefers node:zlib from the Node that has zstd', async () => {
    const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
    const hasIt = major > 22 || (major === 22 && minor >= 15);
    const name = await nodeZstd(3).then(
      (zstd) => zstd.name,
      (error: Error) => error.message,
    );
    expect(name).toBe(hasIt ? 'node:zlib' : 'node:zlib has zstd from Node 22.15');
    expect(zstdProviders[0]).toBe(nodeZstd);
  });

  it('opens WebAssembly as often as it is asked to', async () => {
    const [one, two] = [await wasmZstd(1), await wasmZstd(19)];
    const ramp = Uint8Array.from({ length: 5_000 }, (_, k) => (k * k) >>> 8);
    expect(two.compress(new Uint8Array(6_000), ramp)).toBeLessThan(one.compress(new Uint8Array(6_000), ramp));
  });

  it('says why when there is none at all', async () => {
    const reason = new Error('not built');
    await expect(openZstd({ providers: [() => Promise.reject(reason)] })).rejects.toMatchObject({
      message: 'this computer has no zstd',
      errors: [reason],
    });
  });
});
