import { describe, expect, it } from '@jest/globals';
import { Subscription } from 'rxjs';
import { Budget } from '../../src/flow/budget.js';
import { InputError } from '../../src/model/errors.js';

describe('Budget', () => {
  it('counts what its accounts hold, and remembers the peak', () => {
    const budget = new Budget(100);
    const [first, second] = [budget.account(), budget.account()];
    first.charge(30);
    second.charge(40);
    first.release(10);
    expect([budget.used, budget.peak, first.held, second.held]).toEqual([60, 70, 20, 40]);
  });

  it('makes pull sources wait from half of its bytes on', () => {
    const budget = new Budget(100);
    const account = budget.account();
    account.charge(49);
    expect(budget.room).toBe(true);
    account.charge(1);
    expect(budget.room).toBe(false);
    expect([budget.bytes, budget.pullUntil]).toEqual([100, 50]);
  });

  it('has room for an item of any size when nothing is held', () => {
    const budget = new Budget(1e-9);
    expect(budget.room).toBe(true);
    budget.account().charge(1);
    expect(budget.room).toBe(false);
  });

  it('says so once when there is room: at once if there is', () => {
    const budget = new Budget(100);
    const account = budget.account();
    const heard: string[] = [];
    const listen = (name: string) =>
      budget.room$.subscribe({ next: () => heard.push(name), complete: () => heard.push(`${name} complete`) });
    listen('now');
    expect(heard).toEqual(['now', 'now complete']);
    account.charge(50);
    listen('later');
    expect([heard.length, budget.waiting]).toEqual([2, 1]);
    account.release(1);
    expect([heard.slice(2), budget.waiting]).toEqual([['later', 'later complete'], 0]);
  });

  it('wakes everybody while there is room, and stops when one of them takes it', () => {
    const budget = new Budget(100);
    const account = budget.account();
    account.charge(50);
    const woken: string[] = [];
    budget.room$.subscribe(() => woken.push('uninterested'));
    budget.room$.subscribe(() => {
      woken.push('greedy');
      account.charge(60);
    });
    budget.room$.subscribe(() => woken.push('starved'));
    account.release(40);
    expect([woken, budget.waiting]).toEqual([['uninterested', 'greedy'], 1]);
    account.release(60);
    expect([woken.at(-1), budget.waiting]).toEqual(['starved', 0]);
  });

  it('does not wake one that left while its neighbour was woken', () => {
    const budget = new Budget(100);
    const account = budget.account();
    account.charge(50);
    const woken: string[] = [];
    const second = new Subscription();
    budget.room$.subscribe(() => second.unsubscribe());
    second.add(budget.room$.subscribe(() => woken.push('gone')));
    account.release(50);
    expect([woken, budget.waiting]).toEqual([[], 0]);
  });

  it('forgets who stops waiting', () => {
    const budget = new Budget(100);
    budget.account().charge(50);
    const waiting = budget.room$.subscribe();
    waiting.unsubscribe();
    expect(budget.waiting).toBe(0);
  });

  it('shares one of 1 GiB by default', () => {
    expect(Budget.shared).toBe(Budget.shared);
    expect(Budget.shared.bytes).toBe(1_073_741_824);
  });

  it.each([
    [0, undefined, 'bytes'],
    [-1, undefined, 'bytes'],
    [Number.NaN, undefined, 'bytes'],
    ['64', undefined, 'bytes'],
    [10, 0, 'pullUntil'],
    [10, 11, 'pullUntil'],
    [10, Number.NaN, 'pullUntil'],
  ])('refuses %p bytes and pullUntil %p', (bytes, pullUntil, field) => {
    const make = () => new Budget(bytes as number, pullUntil);
    expect(make).toThrow(InputError);
    expect(make).toThrow(new RegExp(`^${field} must be`));
  });
});
