import { StringDecoder } from 'node:string_decoder';
import { concat, defer, mergeMap, type OperatorFunction } from 'rxjs';
import { InputError } from '../model/errors.js';

/** A line as it came, or what is left of one that cannot be believed: too long, or cut off by the end of the stream. */
export interface Line {
  readonly text: string;
  readonly fault?: InputError;
}

export interface SplitLinesOptions {
  readonly encoding?: 'utf8' | 'latin1';
  /** The longest line, in characters. Default 65,536. */
  readonly maxLength?: number;
}

/**
 * Cuts chunks of text into lines, which end with CR, LF or both; blank lines are left out. A line is emitted as soon as its end is
 * there. Of a line that is too long the beginning is emitted, once, and of a line without an end what there is, each with its fault.
 *
 * ```
 * chunks      "1\n2" "\r" "\n3\n\n" "4" |
 * splitLines  1      2    3             (4 with a fault, |)
 * ```
 *
 * @internal
 */
export const splitLines =
  ({ encoding = 'utf8', maxLength = 65_536 }: SplitLinesOptions = {}): OperatorFunction<Uint8Array | string, Line> =>
  (chunks$) =>
    defer(() => {
      const decoder = new StringDecoder(encoding);
      const cutter = new Cutter(maxLength);
      const textOf = (chunk: Uint8Array | string) => (typeof chunk === 'string' ? chunk : decoder.write(chunk));
      return concat(
        chunks$.pipe(mergeMap((chunk) => cutter.push(textOf(chunk)))),
        defer(() => cutter.end(decoder.end())),
      );
    });

/** Cuts text into lines, whatever the pieces it comes in. */
class Cutter {
  #rest = '';
  /** What comes belongs to a line that was too long. */
  #isSkipping = false;

  constructor(private readonly maxLength: number) {}

  push(text: string): Line[] {
    // A CR and an LF that come apart are an end and a blank line.
    const pieces = (this.#rest + text).split(/\r\n|\r|\n/);
    this.#rest = pieces.pop() ?? '';
    if (this.#isSkipping && pieces.length > 0) {
      pieces.shift();
      this.#isSkipping = false;
    }
    if (this.#isSkipping) this.#rest = '';
    if (this.#rest.length > this.maxLength) {
      pieces.push(this.#rest);
      this.#rest = '';
      this.#isSkipping = true;
    }
    return pieces.filter((piece) => piece !== '').map((piece) => this.#lineOf(piece));
  }

  end(text: string): Line[] {
    const lines = this.push(text);
    const cut = this.#rest;
    const fault = new InputError('line', cut, 'must be complete (the stream ended in it)');
    return cut === '' ? lines : [...lines, { text: cut, fault }];
  }

  #lineOf(text: string): Line {
    if (text.length <= this.maxLength) return { text };
    const fault = new InputError('line', text, `must have at most ${this.maxLength} characters`);
    return { text: text.slice(0, this.maxLength), fault };
  }
}
