import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { checkSpoolRoot } from '../../files/checkSpoolRoot.js';
import type { SpoolPlace } from '../../spool/spoolPlace.js';
import { spoolSessions } from '../../spool/spoolSessions.js';
import { type SpoolState, spoolState } from '../../spool/spoolState.js';
import { plainError } from '../plainError.js';
import { count, size } from '../quantity.js';
import { type Finding, unwell, well } from './finding.js';
import { networkFolder } from './networkFolder.js';

const GIBIBYTE = 2 ** 30;
/** What a spool leaves to others. */
const MIN_FREE_BYTES = GIBIBYTE;
const ELSEWHERE = 'name a folder of yours on a local disk with --spool or EPISTREAM_SPOOL_DIR';

/** Whether frames can be kept on disk, what is kept there by now, and how much room there is for more. */
export const checkSpool = async (place: SpoolPlace): Promise<readonly Finding[]> => {
  const found = existing(place.root);
  try {
    // A spool that is not there is made by the first run, not by a look.
    if (found === place.root) checkSpoolRoot(found);
    else accessSync(found, constants.W_OK);
    const network = await networkFolder(found);
    const folder =
      network === undefined
        ? await sessionsFinding(place)
        : unwell(
            'spool',
            `${place.root} is on a network folder (${network}): a power cut there may lose what is kept`,
            ELSEWHERE,
          );
    return [folder, spaceFinding(place.root, await place.disk.freeBytes(found))];
  } catch (error) {
    return [unwell('spool', plainError(error).replace(/^error: /, ''), ELSEWHERE)];
  }
};

/** The path itself, or the first folder above it that is there. */
const existing = (path: string): string =>
  existsSync(path) || dirname(path) === path ? path : existing(dirname(path));

const sessionsFinding = async (place: SpoolPlace): Promise<Finding> => {
  const sessions = await spoolSessions(place);
  const states = new Map<SpoolState, number>();
  for (const state of sessions.map(spoolState)) states.set(state, (states.get(state) ?? 0) + 1);
  const bytes = sessions.reduce((sum, { contents }) => sum + contents.bytes, 0);
  const said = [...states].map(([state, number]) => `${number} ${state}`).join(', ');
  const says = `${place.root}: ${sessions.length === 0 ? 'nothing is kept' : `${count(sessions.length, 'session')} (${said}), ${size(bytes)}`}`;
  const isDamaged = sessions.some(
    ({ damage, unreadable, setAside }) => damage.length + unreadable.length + setAside.length > 0,
  );
  if (isDamaged || states.has('unreadable'))
    return unwell('spool', says, 'epistream spool verify tells what is damaged');
  if (states.has('refused'))
    return unwell('spool', says, 'epistream spool ls names what the platform refused; spool retry sends it again');
  return well('spool', says);
};

const spaceFinding = (root: string, freeBytes: number): Finding => {
  const room = freeBytes - MIN_FREE_BYTES;
  if (room >= GIBIBYTE) return well('space', `${size(room)} for frames that wait`);
  const says = room <= 0 ? 'the disk has no room for frames that wait' : `only ${size(room)} for frames that wait`;
  return unwell('space', says, `make room on the disk of ${root}, or name another with --spool or EPISTREAM_SPOOL_DIR`);
};
