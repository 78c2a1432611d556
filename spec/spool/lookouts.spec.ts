import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, take, toArray } from 'rxjs';
import { lookouts } from '../../src/spool/lookouts.js';

const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

describe('lookouts', () => {
  it('come at once, and again', async () => {
    let isSynchronous = false;
    lookouts(1000)
      .subscribe(() => {
        isSynchronous = true;
      })
      .unsubscribe();
    expect(isSynchronous).toBe(true);
    const waiting = setTimeout(() => {}, 10_000); // something else to do
    expect(await firstValueFrom(lookouts(5).pipe(take(3), toArray()))).toHaveLength(3);
    clearTimeout(waiting);
  });

  it('keep no process alive', () => {
    const before = timers();
    const subscription = lookouts(1000).subscribe();
    expect(timers()).toBe(before);
    subscription.unsubscribe();
  });
});
