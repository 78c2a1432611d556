import { describe, expect, it } from '@jest/globals';
import { FlatChannels } from '../../src/cli/flatChannels.js';

const textsOf = (count: number, said: (index: number) => number) => {
  const flat = new FlatChannels();
  for (let index = 0; index < count; index++) flat.add({ channel: 'MIG', t: index, value: said(index) });
  return flat.texts;
};

describe('FlatChannels', () => {
  it('names a channel that has said one value only', () => {
    expect(textsOf(60, () => 1000)).toEqual(['MIG is flat: all its 60 readings are 1000']);
    expect(textsOf(60, () => Number.NaN)).toEqual(['MIG is flat: all its 60 readings are NaN']);
  });

  it('has nothing to say of a channel that has moved once, or has not said much', () => {
    expect(textsOf(600, (index) => (index === 300 ? 999 : 1000))).toEqual([]);
    expect(textsOf(59, () => 1000)).toEqual([]);
  });
});
