import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { brokerAddress } from '../../../src/sources/mqtt/brokerAddress.js';

describe('brokerAddress', () => {
  it.each([
    ['mqtt://broker', { url: 'mqtt://broker', name: 'mqtt://broker' }],
    ['mqtts://[::1]:8883', { url: 'mqtts://[::1]:8883', name: 'mqtts://[::1]:8883' }],
    ['wss://lab.example/mqtt?token=t0k', { url: 'wss://lab.example/mqtt?token=t0k', name: 'wss://lab.example' }],
    [
      'mqtt://us%40er:p%2Fw%3A@broker:1884',
      { url: 'mqtt://broker:1884', name: 'mqtt://broker:1884', username: 'us@er', password: 'p/w:' },
    ],
    ['mqtt://user@broker', { url: 'mqtt://broker', name: 'mqtt://broker', username: 'user' }],
  ])('of %s', (url, address) => {
    expect(brokerAddress(url)).toEqual(address);
  });

  it.each([
    'http://user:secret@broker',
    'user:secret@broker',
    'mqtt://user:secret@',
    'mqtt://user:se%cret@broker',
    'mqtt://user:secret@bro ker',
    '',
  ])('refuses %s, and does not say it', (url) => {
    const refused = (() => {
      try {
        return brokerAddress(url);
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toMatchObject({ _tag: 'InputError', context: { field: 'url' } });
    expect(inspect(refused, { depth: 9, showHidden: true })).not.toMatch(/se%?cret|user:/);
  });

  it('refuses what is no text', () => {
    expect(() => brokerAddress(7 as never)).toThrow(/^url must be an address .*, and is 7$/);
  });
});
