import { Unpackr } from 'msgpackr';
import { concat, defer, EMPTY, mergeMap, type Observable, type OperatorFunction, throwError } from 'rxjs';
import { SourceError, type SourceFault } from '../model/errors.js';

/** A map of names, as msgpack has it. */
export type MsgpackRecord = Readonly<Record<string, unknown>>;

export interface UnpackRecordsOptions {
  /** Whose stream it is, for errors. */
  readonly name: string;
  /** The longest record, bytes; at once where its length says so. */
  readonly maxRecordBytes: number;
}

/**
 * Unpacks msgpack maps, put one after the other, whatever the chunks they come in. Errors with a `SourceError` that counts the records
 * before it: `'damaged'` for bytes that are none, or one that is too long; `'cut'` when the stream ends in the middle of one.
 *
 * ```
 * chunks         {1}{2}{3   }{4}   {5   |
 * unpackRecords  (12)       (34)        #
 * ```
 *
 * @internal
 */
export const unpackRecords =
  (options: UnpackRecordsOptions): OperatorFunction<Uint8Array, MsgpackRecord> =>
  (chunks$) =>
    defer(() => {
      const unpacker = new Unpacker(options);
      const record$ = chunks$.pipe(mergeMap((chunk) => unpacker.push(chunk)));
      return concat(
        record$,
        defer(() => unpacker.end()),
      );
    });

class Unpacker {
  #parts: Uint8Array[] = [];
  #held = 0;
  /** Bytes below which it is no use to look again. */
  #needed = 1;
  #records = 0;

  constructor(private readonly options: UnpackRecordsOptions) {}

  push(chunk: Uint8Array): Observable<MsgpackRecord> {
    this.#parts.push(chunk);
    this.#held += chunk.byteLength;
    return this.#held < this.#needed ? EMPTY : this.#look();
  }

  end(): Observable<never> {
    const there = `${this.#held} bytes of it came`;
    return this.#held === 0 ? EMPTY : this.#fault('cut', `ended in the middle of a record (${there})`);
  }

  #look(): Observable<MsgpackRecord> {
    const { values, rest, missingBytes, damage } = unpackAll(Buffer.concat(this.#parts));
    const records = values.slice(0, firstOther(values)) as MsgpackRecord[];
    this.#records += records.length;
    this.#parts = [rest];
    this.#held = rest.byteLength;
    this.#needed = this.#held + missingBytes;
    return concat(records, this.#judge(values.length > records.length, damage));
  }

  #judge(isOther: boolean, damage: unknown): Observable<never> {
    const { maxRecordBytes } = this.options;
    if (isOther) return this.#fault('damaged', 'sends something that is no record');
    if (damage !== undefined) return this.#fault('damaged', 'sends bytes that are no msgpack', damage);
    if (this.#needed <= maxRecordBytes) return EMPTY;
    return this.#fault('damaged', `sends a record of more than ${maxRecordBytes} bytes`);
  }

  #fault(fault: SourceFault, reason: string, cause?: unknown): Observable<never> {
    const said = `${reason}, after ${this.#records} good records`;
    const options = cause === undefined ? undefined : { cause };
    return throwError(() => new SourceError(this.options.name, fault, said, this.#records, options));
  }
}

/** Plain msgpack: no structures of msgpackr's own, and whole numbers as numbers (other packers send times as 64-bit integers). */
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });

/** All whole values, and what is left: the beginning of one that lacks at least so many bytes, or damage. */
const unpackAll = (bytes: Uint8Array) => {
  const values: unknown[] = [];
  let end = 0;
  try {
    unpackr.unpackMultiple(bytes, (value: unknown, _start, at = 0) => {
      values.push(value);
      end = at;
    });
    return { values, rest: bytes.subarray(end), missingBytes: 1 };
  } catch (error) {
    const { incomplete = false, missingBytes = 1 } = error as { incomplete?: boolean; missingBytes?: number };
    return { values, rest: bytes.subarray(end), missingBytes, damage: incomplete ? undefined : error };
  }
};

const firstOther = (values: readonly unknown[]): number => {
  const at = values.findIndex((value) => !isRecord(value));
  return at < 0 ? values.length : at;
};

const isRecord = (value: unknown): value is MsgpackRecord =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
