import { AsyncSubject, EMPTY, type Observable } from 'rxjs';
import type { EncodedChunk } from '../model/encodedChunk.js';
import { encodedShard, poisonParts } from './encodedShard.js';
import { FrameIntake } from './frameIntake.js';
import type { ShardEncoder, ShardInProgress } from './shardEncoder.js';
import { ShardWriter } from './shardWriter.js';
import { storedZstd } from './zstd/storedZstd.js';
import type { Zstd } from './zstd/zstd.js';

export interface InlineShardEncoderOptions {
  /** Default: frames are stored uncompressed, as zstd frames that any reader decodes. */
  readonly zstd?: Pick<Zstd, 'compress'>;
  /** Fills released shards with 0xA5, so that a use after release shows. */
  readonly poison?: boolean;
}

/** Makes shards on the calling thread, at once: for virtual time. */
export const inlineShardEncoder = ({
  zstd = storedZstd,
  poison = false,
}: InlineShardEncoderOptions = {}): ShardEncoder => ({
  begin: (shape) => new InlineShard(new FrameIntake(shape), zstd, poison),
  close: () => EMPTY,
});

class InlineShard implements ShardInProgress {
  readonly #finished = new AsyncSubject<EncodedChunk>();
  readonly #writer: ShardWriter;

  constructor(
    private readonly intake: FrameIntake,
    zstd: Pick<Zstd, 'compress'>,
    private readonly poison: boolean,
  ) {
    this.#writer = new ShardWriter(zstd, (atLeast) => new Uint8Array(atLeast));
  }

  get count(): number {
    return this.intake.count;
  }

  get heldBytes(): number {
    return this.intake.heldBytes;
  }

  add(pixels: Uint8Array): void {
    this.intake.accept(pixels);
    this.#writer.add(pixels);
  }

  finish(): Observable<EncodedChunk> {
    if (!this.intake.closed) {
      this.intake.finish();
      const parts = this.#writer.finish();
      this.#finished.next(encodedShard(parts, this.intake.dims, () => this.poison && poisonParts(parts)));
      this.#finished.complete();
    }
    return this.#finished;
  }

  abort(): void {
    this.intake.closed = true;
    this.#finished.complete();
  }
}
