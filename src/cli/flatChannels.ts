import type { Sample } from '../model/sample.js';

/** What has said the same so often is worth a word: a gauge that is stuck. A shutter that stays closed has said it a few times. */
const MANY = 60;

interface Said {
  readonly value: number;
  readings: number;
  isFlat: boolean;
}

/** Finds the channels that have said one value and no other. */
export class FlatChannels {
  readonly #said = new Map<string, Said>();

  add({ channel, value }: Sample): void {
    const said = this.#said.get(channel);
    if (said === undefined) this.#said.set(channel, { value, readings: 1, isFlat: true });
    else {
      said.readings++;
      said.isFlat &&= Object.is(said.value, value);
    }
  }

  /** A sentence for each. */
  get texts(): readonly string[] {
    return [...this.#said]
      .filter(([, { isFlat, readings }]) => isFlat && readings >= MANY)
      .map(([channel, { value, readings }]) => `${channel} is flat: all its ${readings} readings are ${value}`);
  }
}
