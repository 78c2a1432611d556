import { zstdProviders } from '../../../src/zarr/zstd/openZstd.js';
import type { Zstd } from '../../../src/zarr/zstd/zstd.js';

/** The providers that this computer has; WebAssembly at least. */
export const availableZstds = async (level = 3): Promise<readonly Zstd[]> => {
  const opened = await Promise.allSettled(zstdProviders.map((open) => open(level)));
  return opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
};
