import type { Clock } from '../flow/clock.js';
import { encodedOf } from './pendingOf.js';
import type { SessionContents } from './sessionContents.js';
import type { SessionDirectory } from './sessionDirectory.js';
import type { Spooled } from './spooledChunk.js';

/** Moves chunks of a session out of memory, into files, when it holds too much: one after the other, the oldest first. */
export class ChunkMoves {
  #isMoving = false;
  #isOver = false;

  constructor(
    private readonly contents: SessionContents,
    private readonly directory: Pick<SessionDirectory, 'keep' | 'append' | 'remove'>,
    private readonly clock: Clock,
    private readonly mostHeldBytes: number,
  ) {}

  /** Begins when there is too much; resolves when it has come to rest. Nobody need wait. */
  async look(): Promise<void> {
    const isFull = () => !this.#isOver && this.contents.heldBytes > this.mostHeldBytes;
    if (this.#isMoving) return;
    this.#isMoving = true;
    try {
      for (let next = this.contents.oldestWhole; isFull() && next !== undefined; next = this.contents.oldestWhole)
        await this.#move(next);
    } finally {
      this.#isMoving = false;
    }
  }

  /** Begins nothing more. */
  close(): void {
    this.#isOver = true;
  }

  /** The log has its bytes as well, so nothing is lost with a file that comes too late. */
  async #move(spooled: Spooled): Promise<void> {
    const { directory, clock, contents } = this;
    const { whole: chunk, time = { startMs: spooled.acceptedAt, timeBase: 'host' }, bytes, dims, body } = spooled;
    const at = clock.wallMs();
    const isWanted = () => contents.chunk(chunk) === spooled;
    const { file, crc } = await directory.keep(chunk, time, encodedOf(body.upTo(bytes), dims));
    if (isWanted()) await directory.append({ type: 'durable', chunk, bytes, file, crc }, at, 'now');
    if (!isWanted()) return directory.remove(file);
    contents.hasFile(chunk, file, bytes, at);
    contents.letGo(spooled);
  }
}
