import { Fifo } from '../flow/fifo.js';

/**
 * The moments that rows stand at, one after the other.
 *
 * @internal
 */
export interface RowAxis<Channel extends string> {
  /** The next row; `undefined` while nothing asks for one. */
  readonly next: number | undefined;
  /** No row before or at this moment is still to come. */
  readonly passed: number;
  /** How long rows are made after the last reading of any channel, ms. */
  readonly longestQuiet: number;
  /** A reading has come that is used. */
  saw(channel: Channel, t: number): void;
  /** Goes to the next row; on a grid to the first of those that is not before `quietUntil`. */
  advance(quietUntil: number): void;
}

/** Bounds the rows between one reading and the next: no time makes an endless grid. */
const MOST_QUIET_ROWS = 1e5;

/**
 * Rows at the multiples of `period` from `origin`: by number, so that no rounding adds up.
 *
 * @internal
 */
export const gridAxis = (period: number, origin: number): RowAxis<string> => {
  const numberFrom = (t: number) => Math.ceil((t - origin) / period);
  const timeOf = (number: number) => origin + number * period;
  let number: number | undefined;
  let hasBegun = false;
  return {
    get next() {
      return number === undefined ? undefined : timeOf(number);
    },
    get passed() {
      return hasBegun && number !== undefined ? timeOf(number - 1) : -Infinity;
    },
    longestQuiet: MOST_QUIET_ROWS * period,
    saw(_, t) {
      // The first to arrive need not be the first in time.
      if (!hasBegun) number = Math.min(number ?? Infinity, numberFrom(t));
    },
    advance(quietUntil) {
      hasBegun = true;
      number = Math.max((number ?? 0) + 1, numberFrom(quietUntil));
    },
  };
};

/**
 * Rows at the readings of one channel.
 *
 * @internal
 */
export const followAxis = <Channel extends string>(followed: Channel): RowAxis<Channel> => {
  const times = new Fifo<number>();
  let next: number | undefined;
  let passed = -Infinity;
  return {
    get next() {
      next ??= times.shift();
      return next;
    },
    get passed() {
      return passed;
    },
    longestQuiet: Infinity,
    saw(channel, t) {
      if (channel === followed) times.push(t);
    },
    advance() {
      passed = next ?? passed;
      next = undefined;
    },
  };
};
