import { crc32c } from '@node-rs/crc32';

/** u32 LE length of the payload, u32 LE CRC-32C of those four bytes and the payload. */
export const FRAME_HEADER_BYTES = 8;

/** A payload as it stands in a file, in bytes of its own: its length, a checksum of both, and itself. */
export const recordFrame = (payload: Uint8Array): Uint8Array => {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + payload.byteLength);
  const view = new DataView(frame.buffer);
  view.setUint32(0, payload.byteLength, true);
  view.setUint32(4, crc32c(payload, crc32c(frame.subarray(0, 4))), true);
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
};

/** How many bytes the payload of a frame at `at` claims to have, if there is room for a frame's beginning. */
export const claimedBytes = (bytes: Uint8Array, at: number): number | undefined =>
  at + FRAME_HEADER_BYTES > bytes.byteLength ? undefined : viewOf(bytes).getUint32(at, true);

/** The payload of the frame at `at`, a view; nothing when there is no whole and undamaged frame. */
export const payloadAt = (bytes: Uint8Array, at: number): Uint8Array | undefined => {
  const length = claimedBytes(bytes, at);
  const begin = at + FRAME_HEADER_BYTES;
  if (length === undefined || length > bytes.byteLength - begin) return undefined;
  const payload = bytes.subarray(begin, begin + length);
  const crc = crc32c(payload, crc32c(bytes.subarray(at, at + 4)));
  return viewOf(bytes).getUint32(at + 4, true) === crc ? payload : undefined;
};

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
