import type { DiskFile } from '../../src/files/disk.js';
import { failure, type ModelFaults } from './modelFaults.js';
import type { ModelFile } from './modelFile.js';

/** A model's file as its writer has it. `free` tells what still fits on the disk. */
export const openModelFile = (file: ModelFile, path: string, faults: ModelFaults, free: () => number): DiskFile => {
  let isOpen = true;
  let isWriting = false;
  const refuseClosed = (kind: keyof DiskFile): void => {
    if (!isOpen) throw failure('EBADF', kind, path);
  };

  const append = async (parts: readonly Uint8Array[]): Promise<void> => {
    const failed = await faults.begin('write', path).then(
      () => undefined,
      (error: Error) => error,
    );
    // Read only now, as a system does: whoever lends memory must leave it alone until the write is over.
    const bytes = Buffer.concat(parts);
    const fits = Math.min(free(), failed === undefined ? bytes.byteLength : bytes.byteLength >> 1);
    file.append(bytes.subarray(0, fits));
    if (failed !== undefined) throw failed;
    if (fits < bytes.byteLength) throw failure('ENOSPC', 'write', path);
  };

  return {
    write: async (parts) => {
      refuseClosed('write');
      if (isWriting) throw failure('EBUSY', 'write', path);
      isWriting = true;
      try {
        await append(parts);
      } finally {
        isWriting = false;
      }
    },
    sync: async () => {
      refuseClosed('sync');
      await faults.begin('sync', path).catch((error: unknown) => {
        file.dropDirty();
        throw error;
      });
      file.sync();
    },
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      await faults.begin('close', path);
    },
  };
};
