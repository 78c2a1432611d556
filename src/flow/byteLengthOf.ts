/**
 * The bytes an item holds: of a frame its pixels, of a chunk or an array the sum, of a typed array itself; else 0.
 *
 * @internal
 */
export const byteLengthOf = (item: unknown): number => {
  if (ArrayBuffer.isView(item)) return item.byteLength;
  if (Array.isArray(item)) return item.reduce((sum: number, one) => sum + byteLengthOf(one), 0);
  if (typeof item !== 'object' || item === null) return 0;
  const { data, frames } = item as { data?: unknown; frames?: unknown };
  if (ArrayBuffer.isView(data)) return data.byteLength;
  return Array.isArray(frames) ? byteLengthOf(frames) : 0;
};
