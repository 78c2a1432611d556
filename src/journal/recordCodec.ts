import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { type Options, Packr } from 'msgpackr';
import { Count, type LogEntry, recordShapes, withKnownFrames } from './recordShapes.js';

/** A line of a journal: which it is in its session, when it was said (host time, ms UTC), and what. */
export interface StoredRecord {
  readonly seq: number;
  readonly at: number;
  readonly said: LogEntry;
}

/** A record of a type that only a later version knows. */
export interface UnknownRecord {
  readonly seq: number;
  readonly type: string;
}

const msgpack = new Packr({
  useRecords: false,
  useBigIntExtension: true,
  copyBuffers: true,
  // What `JSON.stringify` would leave out, too: an absent field stays absent.
  skipValues: { includes: (value: unknown) => value === undefined || typeof value === 'function' },
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
  const [seq, at, { type }] = line;
  const shape = recordShapes.get(type);
  if (shape === undefined) return { seq, type };
  const decoded = shape.decode(line[2]);
  return isRight(decoded) ? { seq, at, said: decoded.right } : undefined;
};

/** A later version may add to it. */
const Line = t.tuple([Count, t.number, t.type({ type: t.string })]);
