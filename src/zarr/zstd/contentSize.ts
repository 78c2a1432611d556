const magic = 0xfd2fb528;
const dictionaryIdBytes = [0, 1, 2, 4] as const;

/**
 * The content size that a zstd frame states in its header, `undefined` when it states none. Throws for what is no frame.
 *
 * Asked before a frame is decompressed: a decoder that believed a damaged header would allocate whatever it says. (RFC 8878, 3.1.1.1)
 */
export const contentSize = (frame: Uint8Array): number | undefined => {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.byteLength < 6 || view.getUint32(0, true) !== magic) throw new RangeError('not a zstd frame');
  const descriptor = view.getUint8(4);
  const singleSegment = (descriptor & 0b100000) !== 0;
  const at = 5 + (singleSegment ? 0 : 1) + dictionaryIdBytes[(descriptor & 0b11) as 0 | 1 | 2 | 3];
  switch (descriptor >>> 6) {
    case 0:
      return singleSegment ? view.getUint8(at) : undefined;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
};
