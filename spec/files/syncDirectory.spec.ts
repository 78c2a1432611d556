import * as promises from 'node:fs/promises';
import { describe, expect, it, jest } from '@jest/globals';

let code: string | undefined;
const did: string[] = [];
jest.unstable_mockModule('node:fs/promises', () => ({
  ...promises,
  open: async (path: string) => {
    did.push(`open ${path}`);
    return {
      sync: async () => {
        did.push('sync');
        if (code !== undefined) throw Object.assign(new Error(code), { code });
      },
      close: async () => did.push('close'),
    };
  },
}));
const { syncDirectory } = await import('../../src/files/syncDirectory.js');

const synced = async (failing?: string): Promise<string[]> => {
  code = failing;
  did.length = 0;
  await syncDirectory('directory');
  return did;
};

// Windows has no such sync.
if (process.platform !== 'win32')
  describe('syncDirectory', () => {
    it('opens the directory, syncs it, and lets it go', async () => {
      expect(await synced()).toEqual(['open directory', 'sync', 'close']);
    });

    it.each(['EINVAL', 'ENOTSUP', 'ENOSYS'])(
      'is content with a file system that has no such sync: %s',
      async (failing) => {
        expect(await synced(failing)).toEqual(['open directory', 'sync', 'close']);
      },
    );

    it.each(['EIO', 'ENOSPC'])('fails as the system does: %s', async (failing) => {
      await expect(synced(failing)).rejects.toMatchObject({ code: failing });
      expect(did).toContain('close');
    });
  });
