import { describe, expect, it } from '@jest/globals';
import { Subscription } from 'rxjs';
import { Budget } from '../../src/flow/budget.js';
import { InputError } from '../../src/model/errors.js';

describe('Account', () => {
  it('gives back at most what it holds', () => {
    const budget = new Budget(100);
    const [account, other] = [budget.account(), budget.account()];
    other.charge(5);
    account.charge(10);
    account.release(1000);
    account.release(1);
    expect([account.held, budget.used]).toEqual([0, 5]);
  });

  it('gives everything back with the subscription it belongs to, and charges nothing afterwards', () => {
    const budget = new Budget(100);
    const account = budget.account();
    const subscription = new Subscription();
    subscription.add(account);
    account.charge(60);
    subscription.unsubscribe();
    account.charge(10);
    expect([account.held, budget.used, budget.peak]).toEqual([0, 0, 60]);
  });

  it.each([Number.NaN, undefined, -1, Infinity])('refuses %p bytes, which nobody could count on with', (bytes) => {
    const budget = new Budget(100);
    const account = budget.account();
    account.charge(60);
    expect(() => account.charge(bytes as number)).toThrow(InputError);
    expect(() => account.release(bytes as number)).toThrow(InputError);
    expect([account.held, budget.used]).toEqual([60, 60]);
  });
});
