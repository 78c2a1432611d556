import { napiZstd } from './napiZstd.js';
import { nodeZstd } from './nodeZstd.js';
import { wasmZstd } from './wasmZstd.js';
import type { OpenZstd, Zstd } from './zstd.js';

/** The providers of compression, best first. */
export const zstdProviders: readonly OpenZstd[] = [nodeZstd, napiZstd, wasmZstd];

/** Opens the best provider that this computer has; its `name` says which. */
export const openZstd = async ({ level = 3, providers = zstdProviders } = {}): Promise<Zstd> => {
  const reasons: unknown[] = [];
  for (const open of providers) {
    try {
      return await open(level);
    } catch (reason) {
      reasons.push(reason);
    }
  }
  throw new AggregateError(reasons, 'this computer has no zstd');
};
