import type { Reading } from '../model/sample.js';

/** A reading and the channel it came from. */
export interface Arrival<Channel extends string> {
  readonly channel: Channel;
  readonly reading: Reading;
}

/** Readings of one channel that are far ahead of all that is believed, in the order of their times. */
interface Aside {
  readonly readings: Reading[];
  /** The newest time believed when the first of them came. */
  readonly since: number;
  /** From where the channel has gone on while no other said an earlier time. */
  from: number;
}

/** What is believed when, and who is told of the rest. */
export interface TimeJumpsOptions<Channel extends string> {
  readonly farFutureMs: number;
  readonly lateness: number;
  readonly onJump: (channel: Channel, reading: Reading) => void;
}

/**
 * Keeps readings from the far future away: one wrong year would make every other channel late for ever.
 *
 * A reading further ahead than `farFutureMs` waits aside. It is believed when another channel comes near it, or when its own has
 * gone on from there for `lateness` and no other has gone on at the old time: the whole record has paused. It is told and not used
 * when its channel goes back, or another has gone on at the old time for `lateness`.
 *
 * @internal
 */
export class TimeJumps<Channel extends string> {
  readonly #aside = new Map<Channel, Aside>();
  #newest = -Infinity;

  constructor(private readonly options: TimeJumpsOptions<Channel>) {}

  /** What may be used now, in the order in which to use it. */
  take(channel: Channel, reading: Reading): Arrival<Channel>[] {
    this.#forgetFrom(channel, reading.t);
    if (this.#isNear(reading.t)) return this.#believe([{ channel, reading }]);
    const aside = this.#aside.get(channel) ?? { readings: [], since: this.#newest, from: reading.t };
    this.#aside.set(channel, aside);
    aside.readings.push(reading);
    return this.#isCredible(channel, aside) ? this.#believe(this.#release(channel)) : [];
  }

  /** At the end: two that nobody has contradicted are believed, one alone is not. */
  rest(): Arrival<Channel>[] {
    const inOrder = [...this.#aside].sort(([, a], [, b]) => a.readings[0]!.t - b.readings[0]!.t);
    return inOrder.flatMap(([channel, { readings, since }]) => {
      if (readings.length > 1 && since === this.#newest) return this.#believe(this.#release(channel));
      this.#forgetFrom(channel, -Infinity);
      return [];
    });
  }

  #isNear(t: number): boolean {
    return this.#newest === -Infinity || t <= this.#newest + this.options.farFutureMs;
  }

  #isCredible(channel: Channel, { readings, from }: Aside): boolean {
    const [first, last] = [readings[0]!.t, readings.at(-1)!.t];
    const others = [...this.#aside].filter(([name]) => name !== channel);
    const isShared = others.some(([, other]) => Math.abs(other.readings[0]!.t - first) <= this.options.farFutureMs);
    return isShared || (readings.length > 1 && last - from >= this.options.lateness);
  }

  /** With what is near by now as well. */
  #believe(arrivals: Arrival<Channel>[]): Arrival<Channel>[] {
    if (!this.#goTo(arrivals) || this.#aside.size === 0) return arrivals;
    const believed = [...arrivals];
    for (let channel = this.#near(); channel !== undefined; channel = this.#near()) {
      const released = this.#release(channel);
      this.#goTo(released);
      for (const arrival of released) believed.push(arrival);
    }
    this.#passBy();
    return believed.sort((a, b) => a.reading.t - b.reading.t);
  }

  /** Whether that is news. */
  #goTo(arrivals: Arrival<Channel>[]): boolean {
    const earlier = this.#newest;
    for (const { reading } of arrivals) this.#newest = Math.max(this.#newest, reading.t);
    return this.#newest > earlier;
  }

  #near(): Channel | undefined {
    return [...this.#aside].find(([, { readings }]) => this.#isNear(readings[0]!.t))?.[0];
  }

  /** Time has gone on without those aside: for long enough, and they will not come true. */
  #passBy(): void {
    for (const [channel, aside] of [...this.#aside]) {
      if (this.#newest - aside.since >= this.options.lateness) this.#forgetFrom(channel, -Infinity);
      else aside.from = aside.readings.at(-1)!.t;
    }
  }

  #release(channel: Channel): Arrival<Channel>[] {
    const readings = this.#aside.get(channel)?.readings ?? [];
    this.#aside.delete(channel);
    return readings.map((reading) => ({ channel, reading }));
  }

  /** A channel that goes back was wrong about what lay ahead. */
  #forgetFrom(channel: Channel, t: number): void {
    const aside = this.#aside.get(channel);
    if (aside === undefined || aside.readings.at(-1)!.t < t) return;
    const kept = aside.readings.findIndex((reading) => reading.t >= t);
    const wrong = aside.readings.splice(kept);
    if (aside.readings.length === 0) this.#aside.delete(channel);
    for (const reading of wrong) this.options.onJump(channel, reading);
  }
}
