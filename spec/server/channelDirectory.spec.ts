import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { channelDirectory } from '../../src/server/channelDirectory.js';

const free = (): boolean => false;

describe('channelDirectory', () => {
  it.each(['temperature', 'T_sub', 'BEP Ga', 'pyro-2', 'v1.5', 'constructor'])('is the name of %s itself', (name) => {
    expect(channelDirectory(name, free)).toBe(name);
  });

  it.each([
    '',
    '.',
    '..',
    'a/b',
    'a\\b',
    'CON',
    'lpt1.txt',
    'aux .txt',
    'a.',
    'a ',
    ' a',
    '__a',
    'zarr.json',
    'µ',
    'a\0',
    'x'.repeat(101),
  ])('is another than the name for %p', (name) => {
    expect(channelDirectory(name, free)).toMatch(/^[a-z0-9_]{0,40}~[0-9a-f]{16}$/);
  });

  it('is another than the name when that belongs to a name that differs in case only', () => {
    expect(channelDirectory('Temp', (lowerCase) => lowerCase === 'temp')).toMatch(/^temp~/);
  });

  it('never leaves its directory, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        expect(channelDirectory(name, free)).toMatch(/^[A-Za-z0-9_~][A-Za-z0-9 _.~-]{0,99}$/);
      }),
    );
  });
});
