import { claimedBytes, FRAME_HEADER_BYTES, payloadAt } from './recordFrame.js';

/** Bytes that are no record, between records that are. */
export interface BadRegion {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What a run of frames holds. */
export interface RecordFrames<A> {
  readonly found: readonly A[];
  readonly damage: readonly BadRegion[];
  /** Bytes at the end that hold no whole frame: what a write was cut off at. */
  readonly tornBytes: number;
}

/** The first byte of every record's payload: a msgpack array of three. */
const RECORD_START = 0x93;

/**
 * Reads the frames from `from` to the end. What is no frame is skipped, up to the next one that is; a frame whose payload does
 * not decode is damage, too.
 */
export const recordFrames = <A>(
  bytes: Uint8Array,
  from: number,
  decode: (payload: Uint8Array) => A | undefined,
): RecordFrames<A> => {
  const found: A[] = [];
  const damage: BadRegion[] = [];
  const search = new Search(bytes);
  for (let at = from; at < bytes.byteLength; ) {
    const frame = search.from(at);
    if (frame === undefined) return { found, damage, tornBytes: bytes.byteLength - at };
    if (frame.offset > at) damage.push({ offset: at, bytes: bytes.subarray(at, frame.offset) });
    const end = frame.offset + FRAME_HEADER_BYTES + frame.payload.byteLength;
    const decoded = decode(frame.payload);
    if (decoded === undefined) damage.push({ offset: frame.offset, bytes: bytes.subarray(frame.offset, end) });
    else found.push(decoded);
    at = end;
  }
  return { found, damage, tornBytes: 0 };
};

/** Looks for frames. What is no frame may claim any length: all such claims together are checked up to a bound, so that a search ends. */
class Search {
  #budget: number;

  constructor(private readonly bytes: Uint8Array) {
    this.#budget = 64 * bytes.byteLength;
  }

  from(at: number): { readonly offset: number; readonly payload: Uint8Array } | undefined {
    const next = payloadAt(this.bytes, at);
    if (next !== undefined) return { offset: at, payload: next };
    for (let offset = at + 1; offset < this.bytes.byteLength && this.#budget > 0; offset++) {
      const payload = this.#candidateAt(offset);
      if (payload !== undefined) return { offset, payload };
    }
    return undefined;
  }

  #candidateAt(offset: number): Uint8Array | undefined {
    if (this.bytes[offset + FRAME_HEADER_BYTES] !== RECORD_START) return undefined;
    const claimed = claimedBytes(this.bytes, offset) ?? 0;
    if (claimed > this.bytes.byteLength - offset - FRAME_HEADER_BYTES) return undefined;
    this.#budget -= claimed;
    return payloadAt(this.bytes, offset);
  }
}
