import type { Frame } from '../model/frame.js';
import type { NamedRegion } from './region.js';

/** What becomes of a region's pixels. */
export const regionStatistics = ['mean', 'max', 'sum'] as const;
export type RegionStatistic = (typeof regionStatistics)[number];

type Gray = Uint8Array | Uint16Array;

/** One number a region, in their order. Every row of the frame is read once, for all the regions that it crosses. */
export const regionStatistic = (
  { data, width }: Frame<'gray8' | 'gray16'>,
  regions: readonly NamedRegion[],
  statistic: RegionStatistic,
): readonly number[] => {
  const fold = statistic === 'max' ? maxOf : sumOf;
  const values = regions.map(() => 0);
  const bottom = Math.max(...regions.map(({ toY }) => toY));
  for (let y = Math.min(...regions.map(({ fromY }) => fromY)); y < bottom; y++)
    for (const [index, { fromX, toX, fromY, toY }] of regions.entries())
      if (y >= fromY && y < toY) values[index] = fold(values[index]!, data, y * width + fromX, y * width + toX);
  return statistic === 'mean' ? values.map((sum, index) => sum / pixelsOf(regions[index]!)) : values;
};

/** Exact: below 2^53 a double holds every whole number, and that is more than 65,535 in each of a thousand million pixels. */
const sumOf = (before: number, data: Gray, from: number, to: number): number => {
  let sum = before;
  for (let at = from; at < to; at++) sum += data[at]!;
  return sum;
};

const maxOf = (before: number, data: Gray, from: number, to: number): number => {
  let max = before;
  for (let at = from; at < to; at++) if (data[at]! > max) max = data[at]!;
  return max;
};

const pixelsOf = ({ fromX, toX, fromY, toY }: NamedRegion): number => (toX - fromX) * (toY - fromY);
