import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { lockDirectory } from '../files/lockDirectory.js';
import { makeDirectory } from '../files/makeDirectory.js';
import { InputError } from '../model/errors.js';
import { Catalogue } from './catalogue.js';
import { DurableFiles } from './durableFiles.js';
import { FrameAnalysis } from './frameAnalysis.js';
import { ifThere } from './ifThere.js';
import { RunEvents } from './runEvents.js';
import { StreamIndex } from './streamIndex.js';
import { TrackedSamples } from './trackedSamples.js';

/** All that a local platform keeps: a restart finds it as it was. */
export interface DataDirectory {
  readonly path: string;
  readonly files: DurableFiles;
  readonly samples: Catalogue;
  readonly tags: Catalogue;
  readonly trackedSamples: TrackedSamples;
  readonly streams: StreamIndex;
  readonly runEvents: RunEvents;
  readonly analysis: FrameAnalysis;
  /** Signs upload URLs, also those of the process before. */
  readonly uploadSecret: Uint8Array;
  /** Finishes what goes on in the background, and lets another platform have the directory. */
  release(): Promise<void>;
}

/** Opens a directory for one platform, and mends what a crash left in it. Rejects with an `InputError`. */
export const openDataDirectory = async (dataDir: string): Promise<DataDirectory> => {
  const path = resolve(dataDir);
  let release = async (): Promise<void> => {};
  try {
    await makeDirectory(path);
    release = await lockFor(path);
    const unlock = release;
    const contents = await openContents(path);
    return { ...contents, release: () => leave(contents).finally(unlock) };
  } catch (error) {
    await release();
    if (error instanceof InputError) throw error;
    const rule = `must be a directory to write in (${(error as Error).message})`;
    throw new InputError('dataDir', dataDir, rule, { cause: error });
  }
};

/** Nothing of this process writes any more when it resolves. */
const leave = async ({ analysis, runEvents }: Omit<DataDirectory, 'release'>): Promise<void> => {
  await analysis.stop();
  await runEvents.settle();
};

const lockFor = async (path: string): Promise<() => Promise<void>> => {
  const release = await lockDirectory(path);
  if (release === undefined) throw new InputError('dataDir', path, 'must not be in use by another platform');
  return release;
};

const openContents = async (path: string): Promise<Omit<DataDirectory, 'release'>> => {
  const files = await DurableFiles.open(join(path, 'drafts'));
  const samples = await Catalogue.open('physical sample', join(path, 'physical_samples.json'), files);
  const tags = await Catalogue.open('tag', join(path, 'tags.json'), files);
  const streams = await StreamIndex.open(path, files, samples, tags);
  return {
    path,
    files,
    samples,
    tags,
    trackedSamples: await TrackedSamples.open(join(path, 'tracked_samples.json'), files),
    streams,
    runEvents: await RunEvents.open(files, streams),
    analysis: new FrameAnalysis(files),
    uploadSecret: await uploadSecretOf(join(path, 'upload.secret'), files),
  };
};

const uploadSecretOf = async (path: string, files: DurableFiles): Promise<Uint8Array> => {
  const kept = await ifThere(readFile(path), undefined);
  if (kept !== undefined) return kept;
  const secret = randomBytes(32);
  await files.write(path, secret, 0o600);
  return secret;
};
