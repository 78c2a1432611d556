import { spoolSessions } from '../../spool/spoolSessions.js';
import { chunkText } from '../chunkText.js';
import type { ExitCode } from '../exitCode.js';
import { itemNoun } from '../itemNoun.js';
import { jsonLine } from '../jsonLines.js';
import { count } from '../quantity.js';
import type { SpoolSettings } from '../spoolCommand.js';
import { exportFolder } from './exportFolder.js';
import { fillExport, sayingItems } from './fillExport.js';
import { findSession } from './findSession.js';
import { spoolSetting } from './spoolSetting.js';

/** `epistream spool export`: what a session has not delivered, as a store that other tools open. 1 when a part of it cannot be read, or all is still to come. */
export const exportSession = async (
  text: string,
  { out, json, ...settings }: SpoolSettings & { readonly out: string },
): Promise<ExitCode> => {
  const { place } = spoolSetting(settings);
  const session = findSession(place.root, await spoolSessions(place), text);
  const exported = await exportFolder(out, (folder) => fillExport(folder, place, session));
  const { items, refused, notOnDisk, failed } = exported;
  const noun = itemNoun(session.contents.report);
  if (json)
    process.stdout.write(jsonLine({ event: 'exported', id: session.id, out, ...sayingItems(session, exported) }));
  else {
    const [say, complain] = [process.stdout, process.stderr].map((to) => (line: string) => to.write(`${line}\n`));
    for (const { chunk: index, channel, problem } of failed)
      complain?.(`${chunkText({ index, ...(channel === undefined ? {} : { channel }) })}: ${problem.message}`);
    if (notOnDisk > 0)
      complain?.(
        `${count(notOnDisk, noun)} of it ${session.isRunning ? `${notOnDisk === 1 ? 'is' : 'are'} not on the disk yet` : 'never reached the disk'}`,
      );
    say?.(`wrote ${count(items, noun)}, ${refused} of them refused by the platform, to ${out}`);
  }
  return failed.length > 0 || (items === 0 && notOnDisk > 0) ? 1 : 0;
};
