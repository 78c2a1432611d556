import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Movement } from '../../../src/cli/spool/movement.js';
import { watched } from './watched.js';

let now: number;
beforeEach(() => {
  now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  jest.restoreAllMocks();
});

const refused = { tag: 'IngestError', message: 'the platform answered 401', status: 401 };

describe('Movement', () => {
  it('knows nothing before the platform says how it is', () => {
    const movement = new Movement(watched().platform);
    now = 60_000;
    expect([movement.isIdle, movement.isStuck]).toEqual([false, false]);
  });

  it.each<[string, object, boolean]>([
    ['nobody takes anything over', { sessions: 0 }, true],
    ['a key is refused', { sessions: 1, paused: refused }, true],
    ['the network is away, which will pass', { sessions: 1, backoffMs: 30_000 }, false],
  ])('is stuck when for ten seconds %s: %j', (_, status, isStuck) => {
    const { platform, ...signs } = watched();
    const movement = new Movement(platform);
    signs.status(status);
    now = 10_000;
    expect(movement.isStuck).toBe(false);
    now = 10_001;
    expect(movement.isStuck).toBe(isStuck);
  });

  it.each([
    ['delivered', false],
    ['recovered', false],
    ['retrying', true],
    ['paused', true],
    ['intent', true],
    ['notCreated', true],
  ])('%s is a step forward: %s', (type, isStuck) => {
    const { platform, ...signs } = watched();
    const movement = new Movement(platform);
    signs.status({ sessions: 1, paused: refused });
    now = 9_000;
    signs.event(type);
    now = 11_000;
    expect(movement.isStuck).toBe(isStuck);
  });

  it.each<[string, object, boolean]>([
    ['the platform is out', { outage: { since: 0, problem: refused } }, true],
    ['attempts fail', { backoffMs: 30_000 }, true],
    ['an upload takes its time', {}, false],
  ])('calls the platform away when for two minutes %s: %j', (_, status, isAway) => {
    const { platform, ...signs } = watched();
    const movement = new Movement(platform);
    signs.status({ sessions: 1, ...status });
    now = 120_000;
    expect(movement.isAway).toBe(false);
    now = 120_001;
    expect([movement.isAway, movement.isStuck]).toEqual([isAway, false]);
  });

  it('knows the key that is waited for', () => {
    const { platform, ...signs } = watched();
    const movement = new Movement(platform);
    expect(movement.waitsFor).toBeUndefined();
    signs.status({ sessions: 1, paused: refused });
    expect(movement.waitsFor).toBe('a key that works');
  });
});
