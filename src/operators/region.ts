import { InputError } from '../model/errors.js';

/**
 * A rectangle of pixels, counted from the frame's upper left corner: by its corner and size, or half-open from pixel to pixel, as
 * an array is sliced (`fromX: 357, toX: 381` are the 24 columns 357 to 380).
 */
export type Region =
  | { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  | { readonly fromX: number; readonly toX: number; readonly fromY: number; readonly toY: number };

/** A region with its name, half-open. */
export interface NamedRegion<Name extends string = string> {
  readonly name: Name;
  readonly fromX: number;
  readonly toX: number;
  readonly fromY: number;
  readonly toY: number;
}

const forms = [
  ['x', 'y', 'width', 'height'],
  ['fromX', 'toX', 'fromY', 'toY'],
] as const;

/** The regions in the order they were named; throws an `InputError` for what cannot be one in any frame. */
export const namedRegions = <Name extends string>(
  regions: Readonly<Record<Name, Region>>,
): readonly NamedRegion<Name>[] => {
  if (typeof regions !== 'object' || regions === null || Array.isArray(regions))
    throw new InputError('regions', regions, 'must be an object of regions by name');
  const names = Object.keys(regions) as Name[];
  if (names.length === 0) throw new InputError('regions', regions, 'must name one region at least');
  return names.map((name) => namedRegion(name, regions[name]));
};

const namedRegion = <Name extends string>(name: Name, region: Region): NamedRegion<Name> => {
  checkNumbers(`regions.${name}`, region);
  const { fromX, toX, fromY, toY } =
    'width' in region
      ? { fromX: region.x, toX: region.x + region.width, fromY: region.y, toY: region.y + region.height }
      : region;
  const named = { name, fromX, toX, fromY, toY };
  if (toX <= fromX || toY <= fromY) throw new InputError(`regions.${name}`, placeOf(named), 'must have a pixel');
  return named;
};

const checkNumbers = (field: string, region: Region): void => {
  const given = typeof region === 'object' && region !== null ? Object.entries(region) : [];
  const form = forms.find((keys) => keys.length === given.length && keys.every((key) => key in region));
  if (form === undefined)
    throw new InputError(field, region, `must be either ${forms.map((keys) => `{ ${keys.join(', ')} }`).join(' or ')}`);
  for (const [key, value] of given)
    if (!Number.isSafeInteger(value) || value < 0)
      throw new InputError(`${field}.${key}`, value, 'must be a whole number of pixels, 0 or more');
};

/** Throws an `InputError` that names the first region that is not all inside the frame. */
export const checkInside = (
  regions: readonly NamedRegion[],
  { width, height }: { readonly width: number; readonly height: number },
  frameNo: number,
): void => {
  const outside = regions.find(({ toX, toY }) => toX > width || toY > height);
  if (outside === undefined) return;
  const rule = `must lie inside frame ${frameNo}, which is ${width} x ${height} pixels`;
  throw new InputError(`regions.${outside.name}`, placeOf(outside), rule);
};

const placeOf = ({ fromX, toX, fromY, toY }: NamedRegion): string =>
  `x from ${fromX} to ${toX}, y from ${fromY} to ${toY}`;
