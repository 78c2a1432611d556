import { statfs } from 'node:fs/promises';

/** Linux's numbers of the file systems that live on another computer. */
const networks: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x0bd00bd0, 'Lustre'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x01021997, '9P'],
]);

/** What kind of network folder a path is on, as far as the system tells: Linux by its kind, Windows by its name. */
export const networkFolder = async (path: string): Promise<string | undefined> => {
  if (process.platform === 'win32') return path.startsWith('\\\\') ? 'a share' : undefined;
  if (process.platform !== 'linux') return undefined;
  return networks.get((await statfs(path)).type >>> 0);
};
