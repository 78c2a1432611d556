import { checkSession } from '../../spool/spoolCheck.js';
import { spoolSessions } from '../../spool/spoolSessions.js';
import { spoolState } from '../../spool/spoolState.js';
import type { ExitCode } from '../exitCode.js';
import { jsonLine } from '../jsonLines.js';
import { count, size } from '../quantity.js';
import type { SpoolSettings } from '../spoolCommand.js';
import { spoolSetting } from './spoolSetting.js';

/** `epistream spool verify`: whether every byte is as it was written. 1 when one is not. */
export const verifySpool = async (settings: SpoolSettings): Promise<ExitCode> => {
  const { place } = spoolSetting(settings);
  const write = (text: string) => process.stdout.write(text);
  const total = { sessions: 0, chunks: 0, bytes: 0, damaged: 0 };
  for (const session of await spoolSessions(place)) {
    const { chunks, bytes, damage } = await checkSession(place, session);
    const state = spoolState(session);
    const all = state === 'unreadable' ? [...damage, 'asked: nothing says what was asked of it'] : damage;
    total.sessions += 1;
    total.chunks += chunks;
    total.bytes += bytes;
    total.damaged += all.length;
    if (settings.json) write(jsonLine({ event: 'session', id: session.id, state, chunks, bytes, damage: all }));
    else for (const line of all) write(`${session.id}: ${line}\n`);
  }
  if (settings.json) write(jsonLine({ event: 'verified', dir: place.root, ...total }));
  else
    write(
      `${count(total.sessions, 'session')}, ${count(total.chunks, 'chunk')}, ${size(total.bytes)}: ${total.damaged === 0 ? 'all as written' : `${count(total.damaged, 'part')} damaged`}\n`,
    );
  return total.damaged === 0 ? 0 : 1;
};
