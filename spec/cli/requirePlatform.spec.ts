import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NEVER } from 'rxjs';
import { exitCodeOf } from '../../src/cli/exitCode.js';
import { note } from '../../src/cli/note.js';
import { plainError } from '../../src/cli/plainError.js';
import { isPlatformNamed, requirePlatform } from '../../src/cli/requirePlatform.js';
import { drainSpool } from '../../src/cli/spool/drainSpool.js';
import { retrySession } from '../../src/cli/spool/retrySession.js';
import { stream } from '../../src/cli/stream.js';
import { told } from './spool/told.js';

const local = 'http://127.0.0.1:4100';

const errorOf = (settings: object, env: NodeJS.ProcessEnv = {}): unknown => {
  try {
    return requirePlatform(settings, env);
  } catch (error) {
    return error;
  }
};

describe('requirePlatform', () => {
  it.each<[object, NodeJS.ProcessEnv]>([
    [{ endpoint: local }, {}],
    [{ apiKey: 'k' }, {}],
    [{}, { AS_API_ENDPOINT: local }],
    [{}, { AS_API_KEY: 'k' }],
  ])('is content with %j and %j', (settings, env) => {
    expect([isPlatformNamed(settings, env), errorOf(settings, env)]).toEqual([true, undefined]);
  });

  it.each([{}, { AS_API_ENDPOINT: '', AS_API_KEY: '' }])('says how to name one when nobody has: %j', (env) => {
    const error = errorOf({}, env);
    expect([isPlatformNamed({}, env), exitCodeOf({ error })]).toEqual([false, 2]);
    expect(plainError(error)).toBe(
      'error: no platform is named: give --endpoint (http://127.0.0.1:4100 for a local one), or put a key for https://api.atomscale.ai into AS_API_KEY',
    );
  });

  it.each<[object, NodeJS.ProcessEnv]>([
    [{ endpoint: '127.0.0.1:4177' }, {}],
    [{}, { AS_API_ENDPOINT: 'localhost:4100' }],
    [{ endpoint: '' }, {}],
  ])('speaks of the endpoint, and not of the key, for %j and %j', (settings, env) => {
    const error = errorOf(settings, env);
    expect([exitCodeOf({ error }), plainError(error)]).toEqual([
      2,
      expect.stringMatching(/^error: --endpoint \(or AS_API_ENDPOINT\) must be an http\(s\) URL/),
    ]);
  });
});

describe('a command that delivers', () => {
  beforeEach(() => {
    jest.replaceProperty(process, 'env', {});
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('wants a platform before anything else', async () => {
    const why = /no platform is named/;
    await expect(note('open Ga', { run: 'R' }, NEVER)).rejects.toThrow(why);
    await expect(drainSpool({ spool: 'none' }, NEVER)).rejects.toThrow(why);
    await expect(retrySession('a', { spool: 'none' }, NEVER)).rejects.toThrow(why);
    const frames = { input: 'none', rheed: {} as never, gray: {}, pace: true };
    const { code, complaint } = await told(() => stream({ frames, json: true, platform: {} }, NEVER));
    expect([code, complaint]).toEqual([2, expect.stringMatching(why)]);
  });
});
