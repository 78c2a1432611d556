import { AsyncSubject } from 'rxjs';
import type { EncodedChunk } from '../model/encodedChunk.js';

/** A chunk's bytes while memory still has them: the encoder gets them back when the last who needs them has let go. */
export class HotBody {
  #body: EncodedChunk | undefined;
  /** Who made it is the first. */
  #holders = 1;
  readonly #gone$ = new AsyncSubject<never>();
  /** Completes when memory is free of them. */
  readonly gone$ = this.#gone$.asObservable();

  constructor(body: EncodedChunk) {
    this.#body = body;
  }

  get isGone(): boolean {
    return this.#body === undefined;
  }

  /** The bytes for one more, who releases them; nothing when they are gone. */
  take(): EncodedChunk | undefined {
    if (this.#body === undefined) return undefined;
    this.#holders++;
    let isReleased = false;
    return {
      ...this.#body,
      release: () => {
        if (!isReleased) this.letGo();
        isReleased = true;
      },
    };
  }

  /** One needs them no more. */
  letGo(): void {
    if (--this.#holders > 0) return;
    this.#body?.release();
    this.#body = undefined;
    this.#gone$.complete();
  }
}
