import { resolve } from 'node:path';
import { defaultSpoolRoot } from '../../files/defaultSpoolRoot.js';
import { lockDirectory } from '../../files/lockDirectory.js';
import { nodeDisk } from '../../files/nodeDisk.js';
import { hostClock } from '../../flow/hostClock.js';
import type { SpoolPlace } from '../../spool/spoolPlace.js';

/** Where the spool is that a command means, whether it is there or not. */
export const spoolPlaceOf = (dir: string | undefined, env: NodeJS.ProcessEnv = process.env): SpoolPlace => ({
  root: resolve(dir ?? defaultSpoolRoot(env)),
  disk: nodeDisk(),
  lock: lockDirectory,
  clock: hostClock,
});
