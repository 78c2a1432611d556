import { createGunzip } from 'node:zlib';

/**
 * Unzips. Everything before a damage or a cut comes out, then the error: what a stream still buffers when it fails would be lost.
 *
 * @internal
 */
export async function* unzipped(zipped: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const out: Uint8Array[] = [];
  let failure: Error | null | undefined;
  gunzip.on('data', (bytes: Uint8Array) => out.push(bytes));
  gunzip.on('error', (error) => {
    failure = error;
  });
  try {
    for await (const bytes of zipped) {
      failure ??= await new Promise<Error | null | undefined>((written) => gunzip.write(bytes, written));
      yield* out.splice(0);
      if (failure) throw failure;
    }
    const closed = new Promise((resolve) => gunzip.once('close', resolve));
    gunzip.end();
    await closed;
    yield* out.splice(0);
    if (failure) throw failure;
  } finally {
    gunzip.destroy();
  }
}
