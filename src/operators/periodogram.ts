import { dot } from './orthonormal.js';

/** Readings, or means of some, in the order of their times. */
export interface Points {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** How many readings each is the mean of. */
  readonly weights: Float64Array;
}

/** `count` frequencies, in cycles a unit of time. */
export interface Frequencies {
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/** Below this share of what it could be a determinant is rounding: the points do not tell a sine of this frequency from the trend. */
const SINGULAR = 1e-9;

/**
 * The share of the values' squares that a sinusoid of each frequency takes away, 0 to 1, for times at any distances.
 *
 * M. Zechmeister and M. Kürster, Astronomy & Astrophysics 496, 577 (2009), equation 5: least squares of a sine and a cosine beside a
 * constant. Here the constant may be any trend: orthonormal directions beside which the values are given already. A slow drift
 * then takes nothing from a slow oscillation.
 */
export const periodogram = (
  { times, values, weights }: Points,
  trend: readonly Float64Array[],
  { first, step, count }: Frequencies,
): Float64Array => {
  const wave = (shape: (phase: number) => number, frequency: number) =>
    times.map((time) => shape(2 * Math.PI * frequency * time));
  const [cosine, sine] = [wave(Math.cos, first), wave(Math.sin, first)];
  const [turnCosine, turnSine] = [wave(Math.cos, step), wave(Math.sin, step)];
  const all = dot(values, values, weights);
  return new Float64Array(count).map(() => {
    const power = powerOf(values, cosine, sine, trend, weights) / all;
    turn(cosine, sine, turnCosine, turnSine);
    return power;
  });
};

const powerOf = (
  values: Float64Array,
  cosine: Float64Array,
  sine: Float64Array,
  trend: readonly Float64Array[],
  weights: Float64Array,
): number => {
  let [cc, ss, cs] = [dot(cosine, cosine, weights), dot(sine, sine, weights), dot(cosine, sine, weights)];
  const rounding = SINGULAR * (cc + ss) ** 2;
  for (const direction of trend) {
    const [c, s] = [dot(cosine, direction, weights), dot(sine, direction, weights)];
    [cc, ss, cs] = [cc - c * c, ss - s * s, cs - c * s];
  }
  const determinant = cc * ss - cs * cs;
  if (!(determinant > rounding)) return 0;
  const [yc, ys] = [dot(values, cosine, weights), dot(values, sine, weights)];
  return (ss * yc * yc + cc * ys * ys - 2 * cs * yc * ys) / determinant;
};

/** To the next frequency, without another sine: by the sum formulas. */
const turn = (cosine: Float64Array, sine: Float64Array, turnCosine: Float64Array, turnSine: Float64Array): void => {
  for (let i = 0; i < cosine.length; i++) {
    const c = cosine[i]!;
    cosine[i] = c * turnCosine[i]! - sine[i]! * turnSine[i]!;
    sine[i] = sine[i]! * turnCosine[i]! + c * turnSine[i]!;
  }
};
