import { lastValueFrom } from 'rxjs';
import { workerShardEncoder } from '../../zarr/workerShardEncoder.js';
import { type Finding, unwell, well } from './finding.js';

/** Whether a worker starts and makes a shard. */
export const checkEncoder = async (script?: string): Promise<Finding> => {
  const encoder = workerShardEncoder({ workers: 1, ...(script === undefined ? {} : { script }) });
  const startedAt = performance.now();
  try {
    const shard = encoder.begin({ width: 8, height: 6, frames: 1 });
    shard.add(new Uint8Array(48));
    (await lastValueFrom(shard.finish())).release();
    return well('encoder', `a worker made a shard after ${Math.ceil(performance.now() - startedAt)} ms`);
  } catch (error) {
    return unwell(
      'encoder',
      (error as Error).message,
      'install the package again; a bundler must leave its worker files as they are',
    );
  } finally {
    await lastValueFrom(encoder.close(), { defaultValue: undefined });
  }
};
