/**
 * First in, first out, at the same price at any length: `Array.shift` of 100,000 items moves them all.
 *
 * @internal
 */
export class Fifo<T> {
  #incoming: T[] = [];
  #outgoing: T[] = [];

  get size(): number {
    return this.#incoming.length + this.#outgoing.length;
  }

  push(item: T): void {
    this.#incoming.push(item);
  }

  /** The oldest item; `undefined` when there is none. */
  shift(): T | undefined {
    if (this.#outgoing.length === 0) {
      this.#outgoing = this.#incoming.reverse();
      this.#incoming = [];
    }
    return this.#outgoing.pop();
  }
}
