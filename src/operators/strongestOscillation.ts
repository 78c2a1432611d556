import { besides, dot, orthonormal } from './orthonormal.js';
import { type Frequencies, type Points, periodogram } from './periodogram.js';

/** What is looked for; times in the unit of the points'. */
export interface Search {
  readonly minPeriod: number;
  readonly maxPeriod: number;
  /** How many periods the points must span. */
  readonly cycles: number;
  /** What the frequency of the rotation and its first `harmonics - 1` multiples do to the points is no growth. */
  readonly rotation?: { readonly frequency: number; readonly harmonics: number } | undefined;
}

export interface Oscillation {
  /** NaN where there is none. */
  readonly period: number;
  /** The share of the points' squares, beside their trend, that a sinusoid of the period takes away: 0 to 1. */
  readonly strength: number;
}

const NONE: Oscillation = { period: Number.NaN, strength: 0 };

/** Steps between two frequencies that the span can tell apart: enough for a parabola over the tip of a peak. */
const STEPS = 5;
/** Fewer would let a faster oscillation look like a slow one. */
const POINTS_A_PERIOD = 2.5;
/** Of so many windows of white noise one may show an oscillation. */
const WINDOWS_A_FALSE_ALARM = 1000;

/** The strongest oscillation of the points beside a parabola and the rotation, unless white noise would show one as strong. */
export const strongestOscillation = (points: Points, search: Search): Oscillation => {
  const { times, weights } = points;
  const span = times.length < 2 ? 0 : times.at(-1)! - times[0]!;
  const low = Math.max(1 / search.maxPeriod, search.cycles / span);
  const spacing = medianSpacing(times);
  const high = Math.min(1 / search.minPeriod, 1 / (POINTS_A_PERIOD * spacing));
  if (!(low <= high)) return NONE;

  const resolution = 1 / span;
  const harmonics = harmonicsOf(search.rotation, 1 / (2 * spacing));
  const trend = orthonormal(parabola(times, span), weights);
  const slow = orthonormal([...trend, ...harmonics.flatMap((frequency) => waves(times, frequency))], weights);
  const values = besides(points.values, slow, weights);
  const free = times.length - slow.length - 2;
  if (free < 1 || isRounding(values, points)) return NONE;

  const frequencies = around(low, high, resolution / STEPS);
  const isGrowth = ({ frequency }: Tip) =>
    frequency >= low &&
    frequency <= high &&
    harmonics.every((harmonic) => Math.abs(frequency - harmonic) >= resolution);
  const tips = tipsOf(periodogram({ times, values, weights }, trend, frequencies), frequencies).filter(isGrowth);
  if (tips.length === 0) return NONE;
  const { frequency, power } = tips.reduce((highest, tip) => (tip.power > highest.power ? tip : highest));
  // Zechmeister and Kürster's chance that white noise gets so high, with what the trend leaves of freedom, each frequency a trial.
  const falseAlarm = (1 - power) ** (free / 2) * frequencies.count;
  const isSeen = falseAlarm * WINDOWS_A_FALSE_ALARM < 1;
  return { period: isSeen ? 1 / frequency : Number.NaN, strength: power };
};

/** One step further at both ends: a peak's tip has lower neighbours, and what only rises towards an end is of other periods. */
const around = (low: number, high: number, step: number): Frequencies => ({
  first: low - step,
  step,
  count: Math.floor((high - low) / step) + 3,
});

interface Tip {
  readonly frequency: number;
  readonly power: number;
}

/** The local maxima, each where a parabola through its three powers is highest. */
const tipsOf = (powers: Float64Array, { first, step }: Frequencies): readonly Tip[] =>
  Array.from(powers).flatMap((power, at) => {
    const [before, after] = [powers[at - 1], powers[at + 1]];
    if (before === undefined || after === undefined || power < before || power < after) return [];
    const bend = before - 2 * power + after;
    const shift = bend < 0 ? (before - after) / (2 * bend) : 0;
    return [{ frequency: first + (at + shift) * step, power: Math.min(1, power) }];
  });

const harmonicsOf = (rotation: Search['rotation'], highest: number): readonly number[] => {
  if (rotation === undefined) return [];
  const count = Math.min(rotation.harmonics, Math.round(highest / rotation.frequency));
  return Array.from({ length: count }, (_, index) => (index + 1) * rotation.frequency);
};

const parabola = (times: Float64Array, span: number): Float64Array[] => {
  const middle = times[0]! + span / 2;
  return [0, 1, 2].map((power) => times.map((time) => ((time - middle) / span) ** power));
};

const waves = (times: Float64Array, frequency: number): Float64Array[] =>
  [Math.cos, Math.sin].map((shape) => times.map((time) => shape(2 * Math.PI * frequency * time)));

/** What a flat or parabolic channel leaves. */
const isRounding = (rest: Float64Array, { values, weights }: Points): boolean =>
  !(dot(rest, rest, weights) > 1e-18 * dot(values, values, weights));

const medianSpacing = (times: Float64Array): number => {
  const spacings = times.subarray(1).map((time, index) => time - times[index]!);
  return spacings.sort()[Math.floor(spacings.length / 2)] ?? Infinity;
};
