import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { emptyReport } from '../../src/model/addToReport.js';
import {
  BudgetError,
  EncoderError,
  EpistreamError,
  ImageError,
  IncompleteSessionError,
  IngestError,
  InputError,
  LogError,
  PlatformClosedError,
  SessionFailedError,
  ShardError,
  SourceError,
} from '../../src/model/errors.js';
import type { SessionId } from '../../src/model/identifiers.js';

const problem = { tag: 'IngestError', message: 'create: answered 422', status: 422 };
const empty = emptyReport('session' as SessionId, 'rheed');
const partial = { ...empty, offered: 20, delivered: 12, kept: 1, rejected: 5, lost: 2 };

describe('every error', () => {
  it.each([
    [
      'InputError',
      new InputError('fps', 0, 'must be above 0'),
      'fps must be above 0, and is 0',
      { field: 'fps', value: 0, rule: 'must be above 0' },
    ],
    [
      'ImageError',
      new ImageError('run42/007.png', 'it is cut short'),
      'cannot read run42/007.png as a frame: it is cut short',
      { path: 'run42/007.png', reason: 'it is cut short' },
    ],
    [
      'LogError',
      new LogError('Ga.csv', '"x" is no number (Ga)', { line: 3, content: '00:00:01,x' }),
      'Ga.csv, line 3 ("00:00:01,x"): "x" is no number (Ga)',
      { path: 'Ga.csv', reason: '"x" is no number (Ga)', line: 3, content: '00:00:01,x' },
    ],
    ['LogError', new LogError('Ga.csv', 'it is away'), 'Ga.csv: it is away', { path: 'Ga.csv', reason: 'it is away' }],
    [
      'BudgetError',
      new BudgetError(120, 100),
      "the budget of 100 bytes is used up (120 held) and its overflow policy is 'error'",
      { usedBytes: 120, limitBytes: 100 },
    ],
    [
      'IngestError',
      new IngestError('create: answered 422', { step: 'create', from: 'api', status: 422, problem }),
      'create: answered 422',
      { step: 'create', from: 'api', status: 422, problem },
    ],
    [
      'SessionFailedError',
      new SessionFailedError('open', problem, empty),
      'the session could not be opened: create: answered 422',
      { phase: 'open', problem, report: empty },
    ],
    [
      'IncompleteSessionError',
      new IncompleteSessionError({ ...partial, ended: true }),
      '12 of 20 frames were delivered (1 kept, 5 rejected, 2 lost)',
      { report: { ...partial, ended: true } },
    ],
    [
      'PlatformClosedError',
      new PlatformClosedError(),
      'the platform has been closed: connect again for another session',
      {},
    ],
    [
      'SourceError',
      new SourceError('the bridge', 'cut', 'ended in the middle of a record, after 3 good ones', 3),
      'the bridge ended in the middle of a record, after 3 good ones',
      { source: 'the bridge', fault: 'cut', reason: 'ended in the middle of a record, after 3 good ones', records: 3 },
    ],
    [
      'ShardError',
      new ShardError('frame', 'is damaged', 3),
      "the shard's frame 3 is damaged",
      { part: 'frame', rule: 'is damaged', at: 3 },
    ],
    [
      'EncoderError',
      new EncoderError('its worker died'),
      'the shard could not be encoded: its worker died',
      { reason: 'its worker died' },
    ],
  ])('%s has its tag, its name, a sentence and a context', (tag, error, message, context) => {
    expect(error).toBeInstanceOf(EpistreamError);
    expect(error).toBeInstanceOf(Error);
    expect([error._tag, error.name, error.message]).toEqual([tag, tag, message]);
    expect(error.context).toEqual(context);
    expect('cause' in error).toBe(false);
  });

  it('keeps what it was caused by', () => {
    const cause = new Error('ENOENT');
    expect(new ImageError('a.png', 'it is not there', { cause }).cause).toBe(cause);
    expect(new InputError('a', 1, 'is wrong', { cause }).cause).toBe(cause);
  });
});

describe('the errors at the end of a session', () => {
  it('say when the stream was not ended', () => {
    expect(new IncompleteSessionError(partial).message).toMatch(/2 lost\), and the stream was not ended$/);
    expect(new SessionFailedError('end', problem, empty).message).toMatch(/^the session could not be ended: /);
  });

  it.each([
    ['IncompleteSessionError', (earlier: unknown) => new IncompleteSessionError(partial, earlier)],
    ['SessionFailedError', (earlier: unknown) => new SessionFailedError('end', problem, partial, earlier)],
  ])('%s keeps what failed before', (_, make) => {
    const camera = new Error('camera unplugged');
    expect(make(camera).context.earlier).toBe(camera);
    expect(make(camera).cause).toBe(camera);
    expect(inspect(make(camera))).toContain('camera unplugged');
  });
});

describe('an InputError', () => {
  it.each([
    ['a text', 'on', '"on"'],
    ['a long text, cut short', 'x'.repeat(100), `"${'x'.repeat(80)}…"`],
    ['bytes by their number', new Uint8Array(12), 'Uint8Array(12 bytes)'],
    ['an array by its length', [1, 2, 3], 'an array of 3'],
    ['an object by its class', new Date(0), 'a Date'],
    ['an object of no class', Object.create(null), 'an object'],
    ['a plain object', { fps: 24 }, 'an object'],
    ['a function, without its text', () => 's3cret', 'a function'],
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
    ['a bigint', 9n, '9'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
  ])('shows %s', (_, value, shown) => {
    expect(new InputError('field', value, 'must differ').message).toBe(`field must differ, and is ${shown}`);
  });
});
