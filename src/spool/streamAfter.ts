import type { Recovered } from '../journal/sessionJournal.js';
import type { LogEntry } from './recordShapes.js';

/** The stream that a session is known to have, after one more record. */
export const streamAfter = (stream: Recovered['stream'], said: LogEntry): Recovered['stream'] => {
  switch (said.type) {
    case 'created':
    case 'opened': {
      const { dataId, firstIndex = 0 } = said;
      const known = stream?.dataId === dataId ? stream.firstIndexes : undefined;
      const firstIndexes = known === undefined ? {} : { firstIndexes: known };
      return {
        dataId,
        firstIndex,
        isOpened: said.type === 'opened',
        isEndAsked: false,
        isEnded: false,
        ...firstIndexes,
      };
    }
    case 'intent':
      return stream && said.step === 'end' ? { ...stream, isEndAsked: true } : stream;
    case 'closed':
      return stream && { ...stream, isEnded: true };
    default:
      return stream;
  }
};

/** After a chunk of a channel has come there: where the channel begins in it. */
export const streamWith = (
  stream: Recovered['stream'],
  { chunk: { channel = '', index }, to, as }: Extract<LogEntry, { type: 'delivered' }>,
): Recovered['stream'] =>
  stream?.dataId !== to || stream.firstIndexes?.get(channel) === index - as
    ? stream
    : { ...stream, firstIndexes: new Map(stream.firstIndexes).set(channel, index - as) };
