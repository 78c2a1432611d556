import { join } from 'node:path';
import type { Points } from '../ingest/codecs.js';
import { type Attributes, documentBytes, groupDocument, seriesDocument, unixSeconds } from '../zarr/storeMetadata.js';
import { channelDirectory } from './channelDirectory.js';
import { directoriesIn } from './directoriesIn.js';
import type { DurableFiles } from './durableFiles.js';
import { Refusal } from './refusal.js';
import { seriesBytes, TimeGroup } from './timeGroup.js';

/** Points of a channel, as they are kept: NaN for a value that is none. */
export interface StoredPoints {
  readonly name: string;
  readonly units?: string;
  /** Unix seconds. */
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** Beyond it there are no dates. */
const mostSeconds = 8.64e12;

/** `channels.zarr` of one stream: a group a channel, each with `time` and `value`. Its owner lets one call in at a time. */
export class ChannelStore {
  private constructor(
    private readonly path: string,
    private readonly files: DurableFiles,
    private readonly pointsPerChunk: number,
    private readonly channels: Map<string, TimeGroup>,
  ) {}

  static async open(path: string, files: DurableFiles, pointsPerChunk: number): Promise<ChannelStore> {
    const channels = new Map<string, TimeGroup>();
    for (const directory of await directoriesIn(path)) {
      const group = await TimeGroup.open(join(path, directory), files);
      const { name } = group.attributes;
      // Without arrays the process died while it made the channel: it is made again when points come.
      if (typeof name === 'string' && group.members.value !== undefined) channels.set(name, group);
    }
    return new ChannelStore(path, files, pointsPerChunk, channels);
  }

  /** Points received, of all channels. */
  get items(): number {
    return [...this.channels.values()].reduce((sum, { filled }) => sum + filled, 0);
  }

  describe(attributes: Attributes): Promise<void> {
    return this.files.write(join(this.path, 'zarr.json'), documentBytes(groupDocument(attributes)));
  }

  async recover(): Promise<void> {
    for (const channel of this.channels.values()) await channel.recover();
  }

  /** Throws a 422 when points cannot stand as a chunk of a channel. */
  check(name: string, { timestamps, values, units }: Points): void {
    const known = this.channels.get(name)?.attributes.units;
    if (timestamps.length !== values.length)
      throw new Refusal(422, `channel ${name} has ${timestamps.length} timestamps and ${values.length} values`);
    if (timestamps.length === 0) throw new Refusal(422, `channel ${name} has no points`);
    if (timestamps.length > this.pointsPerChunk)
      throw new Refusal(
        422,
        `channel ${name} has ${timestamps.length} points, and a chunk holds ${this.pointsPerChunk}`,
      );
    if (timestamps.some((time) => Math.abs(time) > mostSeconds))
      throw new Refusal(422, `channel ${name} has a timestamp that is no time in unix seconds`);
    if (units && known && units !== known)
      throw new Refusal(422, `channel ${name} is in ${known}, and cannot change to ${units}`);
  }

  /** Writes points `[index * pointsPerChunk, …)` of a channel, and says how many it has then. */
  async put(name: string, index: number, points: Points): Promise<number> {
    this.check(name, points);
    const channel = await this.#channel(name, points.units ?? undefined);
    const values = seriesBytes(
      points.values.map((value) => value ?? Number.NaN),
      this.pointsPerChunk,
    );
    await channel.put(index, points.timestamps, () =>
      this.files.write(join(channel.path, 'value', 'c', String(index)), values),
    );
    return channel.filled;
  }

  /** When the first point of any channel was, unix seconds. */
  async firstTime(): Promise<number> {
    return Math.min(...(await Promise.all([...this.channels.values()].map(firstTimeOf))));
  }

  /** The points of each channel that has any, by name; of each the last `lastN`. */
  async points(lastN = Number.POSITIVE_INFINITY): Promise<readonly StoredPoints[]> {
    const channels = [...this.channels].sort(([a], [b]) => (a < b ? -1 : 1));
    const stored = await Promise.all(
      channels.map(async ([name, channel]): Promise<StoredPoints> => {
        const points = await pointsOf(channel, lastN);
        const { units } = channel.attributes;
        return {
          name,
          ...(typeof units === 'string' ? { units } : {}),
          times: points.map(([time]) => time),
          values: points.map(([, value]) => value),
        };
      }),
    );
    return stored.filter(({ times }) => times.length > 0);
  }

  async #channel(name: string, units: string | undefined): Promise<TimeGroup> {
    const known = this.channels.get(name);
    if (known !== undefined && (units === undefined || known.attributes.units !== undefined)) return known;
    const channel = known ?? (await TimeGroup.open(join(this.path, this.#directoryFor(name)), this.files));
    const attributes = units === undefined ? {} : { units };
    const shape = { length: channel.length, chunkLength: this.pointsPerChunk };
    await channel.describe({ name, ...attributes });
    await channel.create({ time: seriesDocument(shape, unixSeconds), value: seriesDocument(shape, attributes) });
    this.channels.set(name, channel);
    return channel;
  }

  #directoryFor(name: string): string {
    const taken = new Set([...this.channels.values()].map(({ path }) => path.toLowerCase()));
    return channelDirectory(name, (lowerCase) => taken.has(join(this.path, lowerCase).toLowerCase()));
  }
}

type Point = readonly [time: number, value: number];

const pointsOfChunk = (channel: TimeGroup, index: number): Promise<readonly Point[]> =>
  channel.read(async () => {
    const [times, values] = [await channel.series('time', index), await channel.series('value', index)];
    const points = times.map((time, k): Point => [time, values[k] ?? Number.NaN]);
    return points.filter(([time]) => !Number.isNaN(time));
  });

const pointsOf = async (channel: TimeGroup, lastN: number): Promise<readonly Point[]> => {
  const chunks: (readonly Point[])[] = [];
  let missing = lastN;
  for (const index of (await channel.chunks()).reverse()) {
    if (missing <= 0) break;
    const points = await pointsOfChunk(channel, index);
    chunks.push(points.slice(-missing));
    missing -= points.length;
  }
  return chunks.reverse().flat();
};

const firstTimeOf = async (channel: TimeGroup): Promise<number> => {
  for (const index of await channel.chunks()) {
    const points = await pointsOfChunk(channel, index);
    if (points.length > 0) return points.reduce((first, [time]) => Math.min(first, time), Number.POSITIVE_INFINITY);
  }
  return Number.POSITIVE_INFINITY;
};
