/** What is used of the optional package: it need not be there to compile. */
declare module 'zstd-napi/binding.js' {
  const binding: {
    readonly CCtx: new () => {
      setParameter(parameter: number, value: number): void;
      compress2(into: Uint8Array, bytes: Uint8Array): number;
    };
    readonly DCtx: new () => { decompress(into: Uint8Array, frame: Uint8Array): number };
    readonly CParameter: { readonly compressionLevel: number };
  };
  export default binding;
}
