import { describe, expect, it } from '@jest/globals';
import { DeliveryLog } from '../../../src/cli/spool/deliveryLog.js';
import { watched } from './watched.js';

const problem = { tag: 'IngestError', message: 'put: no answer' };
const spool = { dir: '/spool', usedBytes: 5e6, roomBytes: 5e9, isFull: false };

const open = (isJson: boolean, isTTY = false) => {
  const [results, said]: [string[], string[]] = [[], []];
  const log = new DeliveryLog(
    isJson,
    { write: (text) => results.push(text) },
    { isTTY, columns: 24, write: (text) => said.push(text) },
  );
  const { platform, ...signs } = watched();
  log.follow(platform);
  return { log, results, said, ...signs };
};

describe('DeliveryLog', () => {
  it('gives the library a logger whose lines it makes its own', () => {
    const { log, said } = open(false);
    log.options.logger?.info('epistream 3f2a opened as d1');
    log.options.logger?.debug('epistream 3f2a put again in 5 ms');
    expect([log.options.verbosity, said]).toEqual([2, ['3f2a opened as d1\n']]);
  });

  it('says that the platform is away, and that it is back', () => {
    const { said, status } = open(false);
    status({ outage: { since: Date.now() - 9_000, problem } });
    status({});
    expect(said).toEqual(['put: no answer: it is tried again until it answers\n', 'the platform answers again\n']);
  });

  it('rewrites one line of progress on a terminal, and has it gone when something is said', () => {
    const { log, said, results, status } = open(false, true);
    status({ sessions: 2, undelivered: 1, delivered: 7, spool });
    log.note('watching');
    log.result({ event: 'drained' }, 'delivered 2 sessions', 'one is left');
    expect(said).toEqual([
      '\r\u001b[K2 sessions, 1 chunk wai',
      '\r\u001b[Kwatching\n',
      '\r\u001b[K',
      '\r\u001b[Kone is left\n',
    ]);
    expect(results).toEqual(['delivered 2 sessions\n']);
  });

  it('writes a line now and then to anything else, and none while nothing is delivered', () => {
    const { said, status } = open(false);
    status({ sessions: 0 });
    for (const delivered of [1, 2, 3]) status({ sessions: 1, undelivered: 2, delivered, spool });
    expect(said).toEqual(['1 session, 2 chunks waiting, 1 delivered, spool 5.0 MB of 5.0 GB\n']);
  });

  it('shows that everything waits for a key', () => {
    const { said, status } = open(false);
    status({ sessions: 1, undelivered: 2, paused: { ...problem, status: 401 } });
    expect(said).toEqual(['waiting for a key that works, 1 session, 2 chunks waiting, 0 delivered\n']);
  });

  it('tells a program everything that happens, and nothing but JSON', () => {
    const { log, said, results, status, event } = open(true, true);
    event('recovered');
    status({ sessions: 1, outage: { since: Date.now() - 9_000, problem } });
    log.result({ event: 'drained', exitCode: 0 }, 'delivered 1 session', 'more');
    expect([log.options.verbosity, said]).toEqual([0, []]);
    expect(results.map((line) => JSON.parse(line))).toEqual([
      { event: 'recovered', session: 's', at: 0 },
      { event: 'note', text: 'put: no answer: it is tried again until it answers' },
      { event: 'drained', exitCode: 0 },
    ]);
  });
});
