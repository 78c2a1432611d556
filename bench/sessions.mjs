// The processes of a bench: clients, each fresh, and the platform they send to.
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** What a program says on its last line. */
export const call = async (program, args) =>
  JSON.parse((await promisify(execFile)(program, args, { maxBuffer: 2 ** 28 })).stdout.trim().split('\n').at(-1));

export const callNode = (name, ...args) => call(process.execPath, [path(name), ...args]);

/** Calls with the path of a folder that is then removed. */
export const withFolder = async (parent, use) => {
  const folder = mkdtempSync(join(parent, 'epistream-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A platform in a process of its own: `ask('report')` for what it got since the last time, `'leave'` and `'return'` for an outage. */
export const startReceiver = async (name = 'upload/receiver.mjs') => {
  const receiver = fork(path(name));
  const [{ url }] = await once(receiver, 'message');
  const ask = async (what) => {
    receiver.send(what);
    return (await once(receiver, 'message'))[0];
  };
  return { url, ask, stop: () => receiver.kill() };
};

/** The frames of a run that came, by chunk; throws unless each came once, and whole. */
export const checked = (got, run) => {
  const frames = Object.values(got.chunks).reduce((sum, chunk) => sum + chunk.frames, 0);
  const repliedAt = Array.from({ length: run.chunks }, (_, k) => got.chunks[k]?.repliedAt);
  if (got.errors.length > 0 || frames !== run.chunks * run.chunkSize || repliedAt.includes(undefined))
    throw new Error(`${frames} frames came. ${got.errors.join('; ')}`);
  return { bytes: got.bytes, gigabytes: (frames * run.width * run.height) / 1e9, repliedAt };
};
