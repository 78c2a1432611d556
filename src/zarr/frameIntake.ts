import { InputError } from '../model/errors.js';

/** Counts the frames that come into a shard, and refuses what cannot be one of them: the part that every encoder does alike. */
export class FrameIntake {
  count = 0;
  /** Whether the shard is finished or given up. */
  closed = false;
  readonly frameBytes: number;

  constructor(private readonly shape: { readonly width: number; readonly height: number; readonly frames: number }) {
    this.frameBytes = shape.width * shape.height;
  }

  get heldBytes(): number {
    return this.count * this.frameBytes;
  }

  /** frames, height, width. */
  get dims(): readonly number[] {
    return [this.count, this.shape.height, this.shape.width];
  }

  /** Counts a frame in, or throws an `InputError`. */
  accept(pixels: Uint8Array): void {
    const { width, height, frames } = this.shape;
    // A detached buffer has length 0. An array of wider values has another byteLength, and native code would not notice.
    if (pixels.length !== this.frameBytes || pixels.byteLength !== this.frameBytes)
      throw new InputError('pixels', pixels, `must be a Uint8Array of ${width} x ${height} = ${this.frameBytes} bytes`);
    if (this.closed || this.count === frames)
      throw new InputError('frames', this.count + 1, `must be at most ${this.count} in this shard`);
    this.count += 1;
  }

  /** Takes no more frames. A shard of none cannot be: give it up. */
  finish(): void {
    if (this.count === 0) throw new InputError('frames', 0, 'must be at least 1 in a shard');
    this.closed = true;
  }
}
