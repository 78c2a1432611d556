import { type ConnectOptions, connect } from '../connect.js';
import type { Platform } from '../delivery/platform.js';
import { type Server, startServer } from './startServer.js';

/** Where the embedded platform keeps its streams, and how to treat it. */
export interface LocalOptions extends Omit<ConnectOptions, 'apiKey' | 'endpoint' | 'spool'> {
  /** Where the streams are kept; made if it is not there. */
  readonly dir: string;
}

/** A platform on this computer. */
export interface LocalPlatform extends Platform {
  /** Its address, for other clients on this computer. */
  readonly url: string;
  /** Where the streams are kept, absolute. */
  readonly dir: string;
}

/** Loopback only, and the data directory's owner could read the files anyway: the key only has to be there. */
const apiKey = 'local';

/**
 * A platform in this process: `startServer` on loopback, and `connect` to it. Closing it closes the server too.
 *
 * Rejects with an `InputError` for a directory that cannot be written in, or an option that `connect` refuses.
 *
 * @example
 * ```ts
 * import { mkdtemp, rm } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { fromFrames, rheedSink } from 'epistream';
 * import { local } from 'epistream/server';
 * import { frames } from 'epistream/testing';
 *
 * const platform = await local({ dir: await mkdtemp(join(tmpdir(), 'growth-')) });
 * await fromFrames(frames(25))
 *   .pipe(rheedSink(platform, { fps: 10, rotationsPerMin: 0, chunkSize: 20, streamName: 'Growth run 42' }))
 *   .forEach(() => {});
 * const [stream] = await (await fetch(`${platform.url}/streams`)).json();
 * console.log(stream.name, stream.frames, stream.state);
 * // → Growth run 42 25 ended
 * await platform.close();
 * await rm(platform.dir, { recursive: true });
 * ```
 */
export const local = async ({ dir, ...options }: LocalOptions): Promise<LocalPlatform> => {
  const server = await startServer({ dataDir: dir });
  try {
    return withServer(connect({ ...options, apiKey, endpoint: server.url, spool: false }), server);
  } catch (error) {
    await server.close();
    throw error;
  }
};

const withServer = (platform: Platform, server: Server): LocalPlatform => ({
  ...platform,
  url: server.url,
  dir: server.dataDir,
  close: async (options) => {
    try {
      return await platform.close(options);
    } finally {
      await server.close();
    }
  },
  [Symbol.asyncDispose]: async () => {
    try {
      await platform[Symbol.asyncDispose]();
    } finally {
      await server.close();
    }
  },
});
