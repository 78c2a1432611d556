/** A number from 0 up to 1, from whoever holds the seed. */
export type Random = () => number;

const page = 4096;

/** A file's bytes: those a reader sees, and those that the platter has. */
export class ModelFile {
  readonly kind = 'file';
  #seen = new Uint8Array(0);
  #kept = new Uint8Array(0);
  /** From here on, what is seen may still get to the platter; between what is kept and this a failed sync has dropped it. */
  #dirtyFrom = 0;

  /** A file that is all on the platter. */
  static synced(bytes: Uint8Array): ModelFile {
    const file = new ModelFile();
    file.append(bytes);
    file.sync();
    return file;
  }

  get byteLength(): number {
    return this.#seen.byteLength;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#seen.slice();
  }

  get isDirty(): boolean {
    return this.#dirtyFrom < this.#seen.byteLength;
  }

  append(bytes: Uint8Array): void {
    const seen = new Uint8Array(this.#seen.byteLength + bytes.byteLength);
    seen.set(this.#seen);
    seen.set(bytes, this.#seen.byteLength);
    this.#seen = seen;
  }

  sync(): void {
    this.#keepUpTo(this.#seen.byteLength);
  }

  /** As after a failed sync: a reader sees it all, the next sync succeeds, and the bytes are gone. */
  dropDirty(): void {
    this.#dirtyFrom = this.#seen.byteLength;
  }

  /** Some bytes reach the platter before anybody asks. */
  writeBack(random: Random): void {
    this.#keepUpTo(this.#dirtyFrom + Math.ceil(random() * (this.#seen.byteLength - this.#dirtyFrom)));
  }

  copy(): ModelFile {
    const copy = new ModelFile();
    copy.#seen = this.#seen;
    copy.#kept = this.#kept;
    copy.#dirtyFrom = this.#dirtyFrom;
    return copy;
  }

  /** What the platter has; of what was not synced nothing, all, a beginning, or pages of zeros among it. */
  afterPowerCut(random: Random): ModelFile {
    const after = this.copy();
    const luck = random();
    if (luck < 1 / 3) after.#keepUpTo(this.#seen.byteLength);
    else if (luck < 2 / 3) after.#keepUpTo(this.#dirtyFrom + Math.floor(random() * this.#dirtyLength));
    else if (luck < 5 / 6 && this.isDirty) after.#keepPages(random);
    after.#seen = after.#kept;
    after.#dirtyFrom = after.#kept.byteLength;
    return after;
  }

  get #dirtyLength(): number {
    return this.#seen.byteLength - this.#dirtyFrom;
  }

  #keepPages(random: Random): void {
    const from = this.#dirtyFrom;
    this.#keepUpTo(this.#seen.byteLength);
    for (let start = from - (from % page); start < this.#kept.byteLength; start += page)
      if (random() >= 0.5) this.#kept.fill(0, Math.max(start, from), start + page);
  }

  #keepUpTo(end: number): void {
    const kept = new Uint8Array(end);
    kept.set(this.#kept);
    kept.set(this.#seen.subarray(this.#dirtyFrom, end), this.#dirtyFrom);
    this.#kept = kept;
    this.#dirtyFrom = end;
  }
}
