import { defer, mergeMap, type Observable, takeUntil } from 'rxjs';
import { hostClock } from '../flow/hostClock.js';
import { InputError } from '../model/errors.js';
import type { Reading } from '../model/sample.js';
import { aborted } from './aborted.js';
import { arrivalTimes } from './arrivalTimes.js';
import type { ByteStream } from './byteStream.js';
import { checkLive } from './checkLive.js';
import { checkReading } from './checkReading.js';
import { failWhenSilent } from './failWhenSilent.js';
import type { LiveOptions } from './liveOptions.js';
import { readableChunks } from './readableChunks.js';
import { several } from './several.js';
import { type Line, splitLines } from './splitLines.js';
import { tellBad } from './tellBad.js';

/** How {@link fromLines} listens. */
export interface FromLinesOptions extends LiveOptions {
  /** Default `'utf8'`; older instruments that send a degree sign or a micro as one byte speak `'latin1'`. */
  readonly encoding?: 'utf8' | 'latin1';
  /** The longest line, in characters: a longer one is bad, and passed over to its end. Default 65,536. */
  readonly maxLength?: number;
}

/**
 * Emits what `parse` makes of the lines of a byte stream: a TCP socket, a serial port, stdin.
 *
 * `readable` is a stream, or a function that opens one at each subscription, so that `retryBackoff` connects again. Lines end with CR, LF
 * or both; blank ones are left out. `parse` gets each line without its end, and the time of its arrival (ms UTC, always after the last);
 * it returns a reading, a sample, several, or `undefined` for a line that says nothing. A line for which it throws, or returns no
 * reading, is told to `onBad` and passed over; so is one that is too long, and one that the end of the stream has cut: half a
 * number is another number.
 *
 * ```
 * bytes      23.1\r\n2   3.4\r\n   -- watchdogMs --
 * fromLines  a           b                         #
 * ```
 *
 * The stream is never paused: an instrument does not wait. A recording that does is better pulled, by
 * `fromFrames(readline.createInterface({ input }))`. Leaving destroys the stream.
 *
 * @throws InputError at the call, for options that are none. The Observable fails with a `SourceError`: `'silent'` for a line that the
 * watchdog has given up, `'unreachable'` for one that fails, ends when it may not, or has been used before.
 *
 * @example A gauge that answers a line twice a second, and is called again when it falls silent
 * ```ts
 * import { fromLines, retryBackoff } from 'epistream';
 * import { connect, createServer } from 'node:net';
 * import { take } from 'rxjs';
 *
 * const gauge = createServer((socket) => socket.write('PR1,1.2E-9\r\nPR1,1.3E-9\r\n')).listen(0, '127.0.0.1');
 * await new Promise((resolve) => gauge.on('listening', resolve));
 *
 * const pressure$ = fromLines(
 *   () => connect(gauge.address().port, '127.0.0.1'),
 *   (line, arrivedAt) => ({ channel: 'pressure', t: arrivedAt, value: Number(line.split(',')[1]), units: 'mbar' }),
 *   { watchdogMs: 5000 },
 * ).pipe(retryBackoff({ maxRetries: Infinity, resetOnSuccess: true }));
 *
 * await pressure$.pipe(take(2)).forEach(({ channel, value, units }) => console.log(channel, value, units));
 * gauge.close();
 * // → pressure 1.2e-9 mbar
 * // → pressure 1.3e-9 mbar
 * ```
 */
export const fromLines = <R extends Reading>(
  readable: ByteStream | (() => ByteStream),
  parse: (line: string, arrivedAt: number) => R | readonly R[] | undefined,
  options: FromLinesOptions = {},
): Observable<R> => {
  checkOptions(readable, parse, options);
  const { name = 'the instrument', mayEnd = typeof readable !== 'function', clock = hostClock } = options;
  return defer(() => {
    const stamp = arrivalTimes(clock);
    const readOrTell = tellBad(options.onBad);
    const readingsOf = ({ text, fault }: Line): readonly R[] => {
      if (fault) throw fault;
      const parsed = parse(text, stamp());
      return several(parsed).map(checkReading);
    };
    return readableChunks(readable, { name, mayEnd }).pipe(
      splitLines(options),
      failWhenSilent(name, options.watchdogMs, clock.scheduler),
      mergeMap((line) =>
        readOrTell(
          name,
          () => line.text,
          () => readingsOf(line),
        ),
      ),
      takeUntil(aborted(options.signal)),
    );
  });
};

const checkOptions = (readable: unknown, parse: unknown, options: FromLinesOptions): void => {
  checkLive('fromLines', readable, options, ['encoding', 'maxLength']);
  if (typeof parse !== 'function') throw new InputError('parse', parse, 'must be a function of a line');
  const { maxLength = 1, encoding = 'utf8' } = options;
  if (!(maxLength >= 1)) throw new InputError('maxLength', maxLength, 'must be at least 1 character');
  if (encoding !== 'utf8' && encoding !== 'latin1')
    throw new InputError('encoding', encoding, "must be 'utf8' or 'latin1'");
};
