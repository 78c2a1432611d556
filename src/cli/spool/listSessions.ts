import { spoolSessions } from '../../spool/spoolSessions.js';
import type { ExitCode } from '../exitCode.js';
import { jsonLine } from '../jsonLines.js';
import { platformSettings } from '../platformSettings.js';
import { count, size } from '../quantity.js';
import { isPlatformNamed } from '../requirePlatform.js';
import type { SpoolSettings } from '../spoolCommand.js';
import { sessionRow } from './sessionRow.js';
import { sessionTable } from './sessionTable.js';
import { spoolSetting } from './spoolSetting.js';

/** `epistream spool ls`: what a spool keeps. */
export const listSessions = async (settings: SpoolSettings): Promise<ExitCode> => {
  const { place, ownerOf } = spoolSetting(settings);
  const us = isPlatformNamed(platformSettings(settings)) ? ownerOf : undefined;
  const rows = (await spoolSessions(place)).map((session) => sessionRow(session, us));
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  const write = (text: string) => process.stdout.write(text);
  if (settings.json) {
    for (const row of rows) write(jsonLine({ event: 'session', ...row, ageMs: ageOf(row.startedAt) }));
    write(jsonLine({ event: 'spool', dir: place.root, sessions: rows.length, bytes }));
    return 0;
  }
  if (rows.length > 0) write(`${sessionTable(rows, Date.now()).join('\n')}\n`);
  write(`${count(rows.length, 'session')}, ${size(bytes)} in ${place.root}\n`);
  return 0;
};

const ageOf = (startedAt = Date.now()): number => Math.max(0, Date.now() - startedAt);
