import { finished, type Readable } from 'node:stream';
import { Observable } from 'rxjs';
import { SourceError } from '../model/errors.js';
import type { ByteStream } from './byteStream.js';

export interface ReadableChunksOptions {
  /** Whose stream it is, for errors. */
  readonly name: string;
  /** Whether its end is no fault. */
  readonly mayEnd: boolean;
}

/**
 * Emits the chunks of a byte stream as they come, and destroys the stream when it is left. It is never paused: an instrument does not
 * wait, and what the network keeps meanwhile would get a wrong time of arrival.
 *
 * @internal
 */
export const readableChunks = (
  opened: ByteStream | (() => ByteStream),
  { name, mayEnd }: ReadableChunksOptions,
): Observable<Uint8Array | string> =>
  new Observable((subscriber) => {
    const lost = (reason: string, cause?: unknown) =>
      subscriber.error(
        new SourceError(name, 'unreachable', reason, undefined, cause === undefined ? undefined : { cause }),
      );
    const readable = typeof opened === 'function' ? opened() : opened;
    if (readable.destroyed || readable.readableEnded)
      return lost('is over: give a function that opens it, to subscribe again');
    subscriber.add(() => readable.destroy());
    finished(readable as Readable, { writable: false }, (error) => {
      if (error) lost(`has failed: ${error.message}`, error);
      else if (mayEnd) subscriber.complete();
      else lost('has ended the connection');
    });
    readable.on('data', (chunk) => subscriber.next(chunk));
  });
