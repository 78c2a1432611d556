import type { OpenZstd } from './zstd.js';

/** libzstd itself, where the optional `zstd-napi` is installed and was allowed to build: straight into the caller's memory. */
export const napiZstd: OpenZstd = async (level) => {
  const { default: binding } = await import('zstd-napi/binding.js');
  const compressor = new binding.CCtx();
  compressor.setParameter(binding.CParameter.compressionLevel, level);
  const decompressor = new binding.DCtx();
  return {
    name: 'zstd-napi',
    compress: (into, bytes) => compressor.compress2(into, bytes),
    decompress: (into, frame) => decompressor.decompress(into, frame),
  };
};
