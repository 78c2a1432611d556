import { openZstd } from '../../zarr/zstd/openZstd.js';
import type { OpenZstd } from '../../zarr/zstd/zstd.js';
import { type Finding, unwell, well } from './finding.js';

const REINSTALL = 'install the package again, with its dependencies';

/** Which compression there is, and whether what it makes can be read back. */
export const checkZstd = async (providers?: readonly OpenZstd[]): Promise<Finding> => {
  try {
    const zstd = await openZstd(providers === undefined ? {} : { providers });
    const [frame, back] = [new Uint8Array(1024), new Uint8Array(64)];
    const bytes = Uint8Array.from({ length: 64 }, (_, k) => k % 7);
    zstd.decompress(back, frame.subarray(0, zstd.compress(frame, bytes)));
    if (Buffer.compare(bytes, back) !== 0)
      return unwell('zstd', `${zstd.name} does not give back what it was given`, REINSTALL);
    return well(
      'zstd',
      `${zstd.name}${zstd.name === '@bokuweb/zstd-wasm' ? ' (works; Node 22.15 or zstd-napi is faster)' : ''}`,
    );
  } catch (error) {
    return unwell('zstd', (error as Error).message, REINSTALL);
  }
};
