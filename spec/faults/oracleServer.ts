import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What came of a stream, in order. `problem` says how the bytes of a PUT differ from what they must be. */
export type Happening =
  | { readonly seq: number; readonly what: 'presign'; readonly index: number; readonly startMs: string }
  | {
      readonly seq: number;
      readonly what: 'put';
      readonly index: number;
      readonly frames: number;
      readonly sha: string;
      readonly problem?: string;
    }
  | { readonly seq: number; readonly what: 'end' };

export interface SeenStream {
  readonly dataId: string;
  readonly name: string;
  readonly happened: readonly Happening[];
}

export interface Oracle {
  readonly url: string;
  /** The streams whose name begins so, with all that came of them. */
  streams(prefix: string): Promise<readonly SeenStream[]>;
  /** Goes away (every connection is cut) and comes back; what it takes may be bounded, for all streams together. */
  link(state: { readonly away?: boolean; readonly bytesPerSecond?: number }): Promise<void>;
  close(): Promise<void>;
}

/** Starts the platform that knows what every chunk must hold, in a process of its own. */
export const startOracle = async (): Promise<Oracle> => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('oracle.mjs', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const url = String(line).trim();
  const ask = async (path: string, query: Record<string, string>): Promise<unknown> => {
    const response = await fetch(`${url}/oracle/${path}?${new URLSearchParams(query)}`);
    return response.json();
  };
  return {
    url,
    streams: async (prefix) => (await ask('streams', { prefix })) as readonly SeenStream[],
    link: async (state) => {
      await ask('link', Object.fromEntries(Object.entries(state).map(([name, value]) => [name, String(value)])));
    },
    close: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
};
