import { itemsOf, lostChunks } from '../../spool/spoolChunks.js';
import { removeFromSpool, removeLeftover } from '../../spool/spoolRemoval.js';
import { type SpooledSession, spoolLeftovers, spoolSessions } from '../../spool/spoolSessions.js';
import { type SpoolState, spoolState } from '../../spool/spoolState.js';
import type { ExitCode } from '../exitCode.js';
import { itemNoun } from '../itemNoun.js';
import { jsonLine } from '../jsonLines.js';
import { plainError } from '../plainError.js';
import { printable } from '../printable.js';
import { count, size } from '../quantity.js';
import type { SpoolSettings } from '../spoolCommand.js';
import { findSession } from './findSession.js';
import { type SpoolSetting, spoolSetting } from './spoolSetting.js';

export type GcSettings = SpoolSettings & { readonly yes?: boolean };

/** Puts a question to whoever sits there; nothing when nobody does. */
export type Ask = ((question: string) => Promise<boolean>) | undefined;

/** What may go without a question, what only after one, and what never. */
const fates: Readonly<Record<SpoolState, 'free' | 'ask' | 'keep'>> = {
  finished: 'free',
  empty: 'free',
  waiting: 'ask',
  refused: 'ask',
  damaged: 'ask',
  unreadable: 'ask',
  running: 'keep',
  future: 'keep',
};

/** `epistream spool gc`: removes what nobody needs, and the rest for whoever says so. 1 when something could not be removed. */
export const collectGarbage = async (texts: readonly string[], settings: GcSettings, ask: Ask): Promise<ExitCode> => {
  const { place } = spoolSetting(settings);
  const all = await spoolSessions(place);
  const chosen = texts.length === 0 ? all : texts.map((text) => findSession(place.root, all, text));
  let [freed, left, failures] = [0, 0, 0];
  for (const session of new Set(chosen)) {
    const { bytes } = session.contents;
    const verdict = await judge(session, settings, ask);
    const failure = verdict === 'remove' ? await remove(place, session) : undefined;
    const isGone = verdict === 'remove' && failure === undefined;
    if (failure !== undefined) failures += 1;
    if (isGone) freed += bytes;
    else left += bytes;
    tell(settings, session, isGone, failure);
  }
  for (const name of await spoolLeftovers(place)) await removeLeftover(place, name);
  if (settings.json) process.stdout.write(jsonLine({ event: 'collected', dir: place.root, freed, left, failures }));
  else process.stdout.write(`freed ${size(freed)}, left ${size(left)} in ${place.root}${hint(left, settings, ask)}\n`);
  return failures === 0 ? 0 : 1;
};

const judge = async (session: SpooledSession, { yes = false }: GcSettings, ask: Ask): Promise<'remove' | 'leave'> => {
  const fate = fates[spoolState(session)];
  if (fate === 'free' || (fate === 'ask' && yes)) return 'remove';
  if (fate === 'keep' || ask === undefined) return 'leave';
  return (await ask(`Remove ${described(session)}? What it holds may be nowhere else. [y/N] `)) ? 'remove' : 'leave';
};

/** Nothing, or why not. */
const remove = async (place: SpoolSetting['place'], session: SpooledSession): Promise<string | undefined> => {
  const seen = standing(session);
  try {
    await removeFromSpool(place, session.id, (now) => standing(now) === seen);
    return undefined;
  } catch (error) {
    return plainError(error);
  }
};

/** What was judged: when it has changed, so may have the judgement. */
const standing = (session: SpooledSession): string => {
  const { report, undelivered, deadLetters } = session.contents;
  return [spoolState(session), report.offered, undelivered.size, deadLetters.size].join();
};

const tell = ({ json }: GcSettings, session: SpooledSession, isGone: boolean, failure: string | undefined): void => {
  const { id } = session;
  if (json) {
    const { bytes } = session.contents;
    const problem = failure === undefined ? {} : { problem: failure };
    process.stdout.write(
      jsonLine({ event: isGone ? 'removed' : 'left', id, state: spoolState(session), bytes, ...problem }),
    );
    return;
  }
  if (failure !== undefined) process.stderr.write(`${failure}\n`);
  else process.stdout.write(`${isGone ? 'removed' : 'left'} ${described(session)}\n`);
};

const described = (session: SpooledSession): string => {
  const { id, contents } = session;
  const { kept, rejected } = contents.report;
  const lost = itemsOf(lostChunks(session));
  const gone = lost === 0 ? '' : `${lost} lost, `;
  const name = contents.asked?.options.streamName;
  return [
    `session ${id}`,
    ...(name === undefined ? [] : [`"${printable(name)}"`]),
    `(${spoolState(session)}: ${count(kept - lost, itemNoun(contents.report))} undelivered, ${gone}${rejected} refused, ${size(contents.bytes)})`,
  ].join(' ');
};

const hint = (left: number, { yes }: GcSettings, ask: Ask): string =>
  left > 0 && !yes && ask === undefined ? '; --yes removes also what is undelivered or was refused' : '';
