import type { ChannelPoints } from '../model/channelPoints.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';

/** What was added to a chunk since its last revision, and is accepted with the next. */
export interface Addition {
  readonly chunk: ChunkRef;
  readonly time: ChunkTime;
  readonly channels: readonly ChannelPoints[];
}

/** A chunk that is being filled: of one channel, or of rows of several. */
export class FillingPoints {
  #times: number[] = [];
  #values = new Map<string, number[]>();
  #revision = 0;
  #points = 0;

  constructor(
    /** Undefined for rows. */
    private readonly channel: string | undefined,
    private readonly index: number,
    private readonly time: ChunkTime,
  ) {}

  /** Points in it, also those that were accepted before. */
  get points(): number {
    return this.#points;
  }

  /** The same channels each time. */
  add(t: number, values: Readonly<Record<string, number>>): void {
    this.#times.push(t);
    this.#points++;
    for (const [channel, value] of Object.entries(values)) {
      const column = this.#values.get(channel) ?? [];
      this.#values.set(channel, column);
      column.push(value);
    }
  }

  /** What was added since the last time; nothing when nothing was. */
  take(unitsOf: (channel: string) => string | undefined): Addition | undefined {
    const items = this.#times.length;
    if (items === 0) return undefined;
    const channels = [...this.#values].map(([channel, values]) =>
      pointsOf(channel, unitsOf(channel), this.#times, values),
    );
    this.#times = [];
    this.#values = new Map();
    const { channel, index, time } = this;
    const chunk = { index, ...(channel === undefined ? {} : { channel }), revision: this.#revision++, items };
    return { chunk, time, channels };
  }
}

const pointsOf = (
  channel: string,
  units: string | undefined,
  times: readonly number[],
  values: readonly number[],
): ChannelPoints => ({ channel, ...(units === undefined ? {} : { units }), times, values });
