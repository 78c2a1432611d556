import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { lastValueFrom, of } from 'rxjs';
import { connect } from '../../src/connect.js';
import { logOf } from '../../src/delivery/logOf.js';
import type { SessionId } from '../../src/model/identifiers.js';
import type { Logger } from '../../src/model/logger.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import type { Verbosity } from '../../src/model/verbosity.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { startFaultServer } from '../../src/testing/faultServer.js';
import { grayFrame } from '../../src/testing/grayFrame.js';

const session = '0f8fad5b-d9cb-469f-a165-70867728950e' as SessionId;
const problem = { tag: 'IngestError', message: 'send: answered 422' };
const chunk = { index: 3, revision: 0, items: 48 };
/** One for each verbosity from 1 on. */
const story: readonly SessionEvent[] = [
  { type: 'rejected', chunk, problem, session, at: 0 },
  { type: 'ending', outcome: 'complete', session, at: 0 },
  { type: 'retrying', step: 'end', inMs: 5, problem, session, at: 0 },
  { type: 'intent', step: 'end', session, at: 0 },
];

const stderr: string[] = [];
const warnings: unknown[][] = [];
beforeEach(() => {
  stderr.length = 0;
  warnings.length = 0;
  jest.spyOn(console, 'error').mockImplementation((line) => void stderr.push(String(line)));
  jest.spyOn(process, 'emitWarning').mockImplementation((...warning: unknown[]) => void warnings.push(warning));
});
afterEach(() => void jest.restoreAllMocks());

const recorder = () => {
  const lines: string[] = [];
  const say = (level: string) => (line: string) => lines.push(`${level}: ${line.replace('epistream 0f8fad5b ', '')}`);
  const logger: Logger = { error: say('error'), warn: say('warn'), info: say('info'), debug: say('debug') };
  return { lines, logger };
};

const everything = [
  'error: chunk 3 rejected: send: answered 422',
  'info: ending (complete)',
  'debug: end again in 5 ms: send: answered 422',
  'debug: about to end',
];

describe('a log', () => {
  it.each([0, 1, 2, 3, 4] as const)('of verbosity %i tells so much', (verbosity) => {
    const { lines, logger } = recorder();
    const log = logOf({ verbosity, logger });
    story.forEach(log.event);
    expect(lines).toEqual(everything.slice(0, verbosity));
  });

  it('without a logger tells stderr, and nothing unless asked for', () => {
    story.forEach(logOf({}).event);
    expect(stderr).toEqual([]);
    story.forEach(logOf({ verbosity: 4 }).event);
    expect(stderr).toHaveLength(4);
    expect(stderr[1]).toBe('epistream 0f8fad5b ending (complete)');
  });

  it('with a logger tells a session’s life', () => {
    const { lines, logger } = recorder();
    story.forEach(logOf({ logger }).event);
    expect(lines).toEqual(everything.slice(0, 2));
    expect(stderr).toEqual([]);
  });

  it.each([-1, 5, 1.5, '2', null, Number.NaN])('refuses a verbosity of %p', (verbosity) => {
    expect(() => logOf({ verbosity: verbosity as Verbosity })).toThrow(/^verbosity must be a whole number from 0 to 4/);
  });

  it.each([null, 'console', { error: () => {}, warn: () => {}, info: () => {} }])(
    'refuses %p as a logger',
    (logger) => {
      expect(() => logOf({ logger: logger as never })).toThrow(
        /^logger must have the functions error, warn, info, debug/,
      );
    },
  );
});

describe('a warning of the platform', () => {
  it.each([
    ['a process warning where nobody has chosen a log', {}, [], 1],
    ['a process warning at verbosity 0, without a logger', { verbosity: 0 }, [], 1],
    ['a line of stderr at any other verbosity', { verbosity: 1 }, ['epistream the spool is full'], 0],
  ] as const)('is %s', (_, options, lines, count) => {
    logOf(options).warn('the spool is full');
    expect(stderr).toEqual(lines);
    expect(warnings).toEqual(Array(count).fill(['the spool is full', 'EpistreamWarning']));
  });

  it.each([
    [0, []],
    [1, ['warn: epistream the spool is full']],
  ] as const)('goes to a logger, with verbosity %i', (verbosity, said) => {
    const { lines, logger } = recorder();
    logOf({ verbosity, logger }).warn('the spool is full');
    expect([lines, stderr, warnings]).toEqual([said, [], []]);
  });
});

describe('a logger that fails', () => {
  const ways: readonly (readonly [string, () => unknown])[] = [
    [
      'throws',
      () => {
        throw new Error('the log file is gone');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the log file is gone'))],
  ];

  it.each(ways)('and %s is told of once, and goes on being told', async (_, fail) => {
    const said = jest.fn(fail);
    const log = logOf({ logger: { error: said, warn: said, info: said, debug: said }, verbosity: 4 });
    story.forEach(log.event);
    log.warn('the spool is full');
    await new Promise(setImmediate);
    expect(said).toHaveBeenCalledTimes(5);
    expect(warnings).toEqual([['the logger fails (the log file is gone); delivery goes on', 'EpistreamWarning']]);
  });

  it('keeps its own this', () => {
    class Counting implements Logger {
      count = 0;
      error = (): void => {};
      warn = (): void => {};
      debug = (): void => {};
      info(): void {
        this.count++;
      }
    }
    const logger = new Counting();
    story.forEach(logOf({ logger }).event);
    expect(logger.count).toBe(1);
  });

  it('does not keep a platform from delivering', async () => {
    await using server = await startFaultServer();
    server.script('put', [{ type: 'answer', status: 503 }]);
    const fail = () => {
      throw new Error('the log file is gone');
    };
    const logger = { error: fail, warn: fail, info: fail, debug: fail };
    const options = { endpoint: server.url, apiKey: 'key', spool: false, retry: { baseMs: 1 } } as const;
    const platform = connect({ ...options, verbosity: 4, logger });
    const last = await lastValueFrom(
      of(grayFrame()).pipe(rheedSink(platform, { fps: 1, rotationsPerMin: 0, chunkSize: 2 })),
    );
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 1 } });
    await platform.close();
    expect(warnings).toHaveLength(1);
  });
});
