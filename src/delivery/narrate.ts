import type { ChunkRef } from '../model/chunkRef.js';
import type { Gap } from '../model/gap.js';
import type { Logger } from '../model/logger.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';
import type { Verbosity } from '../model/verbosity.js';

/** One line of a log. */
export interface Told {
  /** The least verbosity that it is told at. */
  readonly from: Verbosity;
  readonly level: keyof Logger;
  readonly text: string;
}

/** An event in one line, whatever the names and messages in it hold. */
export const narrate = (event: SessionEvent): Told => {
  const [from, level, said] = tell(event);
  const line = said.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  return { from, level, text: `epistream ${event.session.slice(0, 8)} ${line}` };
};

const nameOf = ({ channel, index }: ChunkRef): string => `chunk ${channel === undefined ? '' : `${channel} `}${index}`;

const missingIn = ({ channel }: Gap): string => (channel === undefined ? 'frames' : `points of ${channel}`);

const closed = ({ kind, delivered, offered }: SessionReport): string =>
  `closed: ${delivered} of ${offered} ${kind === 'rheed' ? 'frames' : 'points'} delivered`;

const tell = (event: SessionEvent): readonly [Verbosity, keyof Logger, string] => {
  switch (event.type) {
    case 'rejected':
    case 'lost':
      return [1, 'error', `${nameOf(event.chunk)} ${event.type}: ${event.problem.message}`];
    case 'gaveUp':
      return [1, 'error', `gave up (${event.phase}): ${event.problem.message}`];
    case 'damaged':
      return [1, 'error', `damaged on the disk: ${event.problem.message}`];
    case 'linkRefused':
    case 'paused':
      return [1, 'warn', `${event.type}: ${event.problem.message}`];
    case 'orphaned':
      return [
        1,
        'warn',
        `a stream named ${event.streamName} may have been left on the platform: ${event.problem.message}`,
      ];
    case 'gap':
      return [1, 'warn', `gap of ${event.gap.frames} ${missingIn(event.gap)} (${event.gap.cause})`];
    case 'overlap':
      return [
        1,
        'warn',
        `chunk ${event.index} begins ${Math.round(event.byMs)} ms too early: frames come faster than fps`,
      ];
    case 'asked':
      return [2, 'info', `asked for ${event.asked.options.streamName ?? 'a stream'}`];
    case 'opened':
      return [2, 'info', `opened as ${event.dataId}`];
    case 'resumed':
      return [2, 'info', 'resumed'];
    case 'recovered':
      return [2, 'info', `taken over from an earlier process: ${event.undelivered} chunks to deliver`];
    case 'retried':
      return [2, 'info', `${nameOf(event.chunk)} is sent again`];
    case 'ending':
      return [2, 'info', `ending (${event.outcome})`];
    case 'closed':
      return [2, 'info', closed(event.report)];
    case 'retrying':
      return [3, 'debug', `${event.step} again in ${event.inMs} ms: ${event.problem.message}`];
    case 'intent':
      return [4, 'debug', `about to ${event.step}`];
    case 'notCreated':
      return [4, 'debug', 'not created'];
    case 'created':
      return [4, 'debug', `created ${event.dataId}`];
    case 'accepted':
    case 'durable':
    case 'delivered':
      return [4, 'debug', `${nameOf(event.chunk)} ${event.type} (${event.chunk.items} items)`];
  }
};
