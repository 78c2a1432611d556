/**
 * Shared memory that is used again: warm pages are several times faster to fill than new ones.
 *
 * What lies idle is bounded, oldest out first, so a new frame size drives the old one's memory out. `poison` fills what comes back with
 * 0xA5: whoever still reads it will see.
 */
export class MemoryPool {
  readonly #idle: SharedArrayBuffer[] = [];
  #idleBytes = 0;

  constructor(private readonly options: { readonly maxIdleBytes: number; readonly poison?: boolean }) {}

  /** Bytes that wait here to be used again. */
  get idleBytes(): number {
    return this.#idleBytes;
  }

  take(byteLength: number): SharedArrayBuffer {
    const at = this.#idle.findLastIndex((memory) => memory.byteLength === byteLength);
    if (at < 0) return new SharedArrayBuffer(byteLength);
    this.#idleBytes -= byteLength;
    return this.#idle.splice(at, 1)[0]!;
  }

  give(memory: SharedArrayBuffer): void {
    if (this.options.poison) new Uint8Array(memory).fill(0xa5);
    this.#idle.push(memory);
    this.#idleBytes += memory.byteLength;
    while (this.#idleBytes > this.options.maxIdleBytes) this.#idleBytes -= this.#idle.shift()!.byteLength;
  }

  /** Lets go of what lies idle. */
  clear(): void {
    this.#idle.length = 0;
    this.#idleBytes = 0;
  }
}
