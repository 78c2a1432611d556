import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { type Options, Packr } from 'msgpackr';
import { Count, Finite, type LogEntry, recordShapes, withKnownFrames } from './recordShapes.js';

/** A line of a journal: which it is in its session, when it was said (host time, ms UTC), and what. */
export interface StoredRecord {
  readonly seq: number;
  readonly at: number;
  readonly said: LogEntry;
}

/** A record of a type that only a later version knows. */
export interface UnknownRecord {
  readonly seq: number;
}

const msgpack = new Packr({
  useRecords: false,
  useBigIntExtension: true,
  copyBuffers: true,
  // What `JSON.stringify` would leave out, too: an absent field stays absent.
  skipValues: { includes: (value: unknown) => /^(undefined|function|symbol)$/.test(typeof value) },
} as unknown as Options);

/** Plain msgpack, as any reader reads it; good until the next is made. */
export const encodePayload = (value: unknown): Uint8Array => msgpack.pack(value);

/** What is in a payload, if it has that shape; binaries have memory of their own. */
export const decodePayload = <A>(shape: t.Decoder<unknown, A>, payload: Uint8Array): A | undefined => {
  try {
    const decoded = shape.decode(msgpack.unpack(payload));
    return isRight(decoded) ? decoded.right : undefined;
  } catch {
    return undefined; // not msgpack
  }
};

/** A record as a payload; good until the next is made. */
export const encodeRecord = ({ seq, at, said }: StoredRecord): Uint8Array =>
  encodePayload([seq, at, said.type === 'accepted' ? withKnownFrames(said) : said]);

/** The record in a payload; nothing when it holds none. */
export const decodeRecord = (payload: Uint8Array): StoredRecord | UnknownRecord | undefined => {
  const line = decodePayload(Line, payload);
  if (line === undefined) return undefined;
  const [seq, at, said] = line;
  const shape = recordShapes.get(said.type);
  if (shape === undefined) return { seq };
  const decoded = shape.decode(said);
  return isRight(decoded) ? { seq, at, said: decoded.right } : undefined;
};

/** A later version may add to it. */
const Line = t.tuple([Count, Finite, t.type({ type: t.string })]);
