import type { Sample } from '../model/sample.js';

/** A channel has said nothing for a while. */
export interface ChannelSilent<Channel extends string = string> {
  readonly type: 'silent';
  readonly channel: Channel;
  /** The time of its last sample, ms UTC. */
  readonly since: number;
}

/** A channel says the same value again and again. */
export interface ChannelFlat<Channel extends string = string> {
  readonly type: 'flat';
  readonly channel: Channel;
  /** The time of the first sample with this value, ms UTC. */
  readonly since: number;
  readonly value: number;
}

/** A channel is back: it said something, or something else. */
export interface ChannelReturned<Channel extends string = string> {
  readonly type: 'returned';
  readonly channel: Channel;
  readonly from: 'silent' | 'flat';
  /** As it was told. */
  readonly since: number;
  /** The time of the sample that it is back with, ms UTC. */
  readonly t: number;
}

/** A sample as it came, told apart from events by its `type`. */
export type WatchedSample<S extends Sample> = S & { readonly type: 'sample' };

/** Samples, and what becomes of their channels. */
export type WatchedChannel<S extends Sample = Sample> =
  | WatchedSample<S>
  | ChannelSilent<S['channel']>
  | ChannelFlat<S['channel']>
  | ChannelReturned<S['channel']>;

/**
 * What is to be told of one channel.
 *
 * @internal
 */
export class ChannelWatch<S extends Sample> {
  #last: S | undefined;
  #isSilent = false;
  /** The first sample of the value that it still says. */
  #same: S | undefined;
  #isFlat = false;

  constructor(
    private readonly channel: S['channel'],
    private readonly flatAfterMs: number,
  ) {}

  /** The return before the sample that brings it, the flatness after the one that makes it. */
  *said(sample: S): Generator<WatchedChannel<S>> {
    const [last, same] = [this.#last, this.#same];
    const [wasSilent, wasFlat] = [this.#isSilent, this.#isFlat];
    const isSame = same !== undefined && isEqual(same.value, sample.value);
    this.#last = sample;
    this.#isSilent = false;
    this.#same = isSame ? same : sample;
    this.#isFlat = isSame && (wasFlat || sample.t - same.t >= this.flatAfterMs);
    if (wasSilent && last) yield this.#returned('silent', last.t, sample);
    if (wasFlat && same && !isSame) yield this.#returned('flat', same.t, sample);
    yield { ...sample, type: 'sample' };
    if (this.#isFlat && !wasFlat && same)
      yield { type: 'flat', channel: this.channel, since: same.t, value: same.value };
  }

  /** Nothing has come for as long as it may take. */
  *fellSilent(): Generator<WatchedChannel<S>> {
    if (this.#last === undefined) return;
    this.#isSilent = true;
    yield { type: 'silent', channel: this.channel, since: this.#last.t };
  }

  #returned(from: 'silent' | 'flat', since: number, { t }: S): ChannelReturned<S['channel']> {
    return { type: 'returned', channel: this.channel, from, since, t };
  }
}

/** A gauge that goes on saying nothing is stuck as well. */
const isEqual = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));
