import { inspect } from 'node:util';
import { defer, map, mergeMap, type Observable, takeUntil } from 'rxjs';
import { hostClock } from '../flow/hostClock.js';
import { InputError } from '../model/errors.js';
import type { Sample } from '../model/sample.js';
import { aborted } from './aborted.js';
import type { ByteStream } from './byteStream.js';
import { checkLive } from './checkLive.js';
import { failWhenSilent } from './failWhenSilent.js';
import type { LiveOptions } from './liveOptions.js';
import { readableChunks } from './readableChunks.js';
import { sampleOfRecord } from './sampleOfRecord.js';
import { tellBad } from './tellBad.js';
import { type MsgpackRecord, unpackRecords } from './unpackRecords.js';

/** How {@link fromMsgpack} listens. */
export interface FromMsgpackOptions extends LiveOptions {
  /** What is at the other end, for errors and warnings. Default `'the bridge'`. */
  readonly name?: string;
  /** The longest record, bytes: a damaged length would otherwise wait for gigabytes. Default 64 MiB. */
  readonly maxRecordBytes?: number;
}

/**
 * Emits the samples that another process sends as MessagePack, over its stdout or a socket.
 *
 * The stream is one map after the other, in plain MessagePack, with nothing between them. A sample is
 *
 * | key | value |
 * |---|---|
 * | `type` | `'sample'` |
 * | `channel` | its name |
 * | `t` | event time, ms UTC: a number, or a timestamp of MessagePack |
 * | `value` | a number; nil or NaN when there is none |
 * | `units` | a string; may be missing |
 * | `flag`, `raw` | why there is no value (`'over-range'`, `'under-range'`, `'not measured'`), and the number in its place; may be missing |
 * | `timeBase` | `'host'` (default) or `'recorded'` |
 *
 * Records of another `type`, and samples with a field that is wrong, are told to `onBad` and passed over. `readable` is a
 * stream, or a function that opens one at each subscription, so that `retryBackoff` starts the bridge again. The stream is never paused;
 * leaving destroys it.
 *
 * ```
 * bytes        {a}{b  }{c}   {d  |
 * fromMsgpack  a      (bc)       #      'cut', after 3 good records
 * ```
 *
 * @throws InputError at the call, for options that are none. The Observable fails with a `SourceError`, which counts the good records before
 * it: `'cut'` when the stream ends in the middle of a record, `'damaged'` for bytes that are no records or a record that is too long,
 * `'silent'` and `'unreachable'` as {@link fromLines} does.
 *
 * @example
 * ```ts
 * import { fromMsgpack } from 'epistream';
 * import { pack } from 'msgpackr';
 * import { Readable } from 'node:stream';
 *
 * const sample = (value) => pack({ type: 'sample', channel: 'temperature', t: 1686529404656, value, units: 'C' });
 * const bridge = Readable.from([sample(580.25), sample(581.5).subarray(0, 20)], { objectMode: false });
 * fromMsgpack(bridge).subscribe({
 *   next: ({ channel, value, units }) => console.log(channel, value, units),
 *   error: ({ message }) => console.log(message),
 * });
 * // → temperature 580.25 C
 * // → the bridge ended in the middle of a record (20 bytes of it came), after 1 good records
 * ```
 */
export const fromMsgpack = (
  readable: ByteStream | (() => ByteStream),
  options: FromMsgpackOptions = {},
): Observable<Sample> => {
  checkLive('fromMsgpack', readable, options, ['maxRecordBytes']);
  const { name = 'the bridge', mayEnd = typeof readable !== 'function', maxRecordBytes = 64 * 2 ** 20 } = options;
  if (!(maxRecordBytes > 0)) throw new InputError('maxRecordBytes', maxRecordBytes, 'must be above 0 bytes');
  return defer(() => {
    const readOrTell = tellBad(options.onBad);
    const samplesOf = (record: MsgpackRecord) =>
      readOrTell(
        name,
        () => shown(record),
        () => [sampleOfRecord(record)],
      );
    return readableChunks(readable, { name, mayEnd }).pipe(
      map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk)),
      unpackRecords({ name, maxRecordBytes }),
      failWhenSilent(name, options.watchdogMs, (options.clock ?? hostClock).scheduler),
      mergeMap(samplesOf),
      takeUntil(aborted(options.signal)),
    );
  });
};

const shown = (record: MsgpackRecord): string =>
  inspect(record, { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 8, maxStringLength: 80 });
