/** Bytes that more are added to. What was taken before stays as it was, whatever is added. */
export class GrowingBytes {
  #bytes = new Uint8Array(0);
  #byteLength = 0;

  get byteLength(): number {
    return this.#byteLength;
  }

  /** The first have memory of just their size: most bytes are never added to. */
  add(parts: readonly Uint8Array[]): void {
    const byteLength = parts.reduce((sum, part) => sum + part.byteLength, this.#byteLength);
    if (byteLength > this.#bytes.byteLength) this.#moveTo(Math.max(byteLength, 2 * this.#byteLength));
    for (const part of parts) {
      this.#bytes.set(part, this.#byteLength);
      this.#byteLength += part.byteLength;
    }
  }

  /** The first so many, a view. */
  upTo(byteLength: number): Uint8Array {
    return this.#bytes.subarray(0, byteLength);
  }

  /** Nothing more is added: no memory is kept for it. */
  fit(): void {
    if (this.#bytes.byteLength > this.#byteLength) this.#moveTo(this.#byteLength);
  }

  #moveTo(capacity: number): void {
    const bytes = Buffer.allocUnsafeSlow(capacity); // every byte is written before it is read
    bytes.set(this.upTo(this.#byteLength));
    this.#bytes = bytes;
  }
}
