import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ArrayDocument,
  type Attributes,
  documentBytes,
  type GroupDocument,
  groupDocument,
} from '../zarr/storeMetadata.js';
import type { DurableFiles } from './durableFiles.js';
import { ifThere } from './ifThere.js';
import { Turns } from './turns.js';

/** The arrays of a group, `time` first: the order in which they are made longer. */
export type Members = Readonly<Record<string, ArrayDocument>>;

/**
 * A Zarr group whose arrays share the axis `time` and grow together, openable at every moment.
 *
 * Data comes before its times, `time`'s length before the others', and the group's document last: it holds the others, so readers of
 * the group see all arrays grow in one rename. What a crash leaves behind is at worst data that no `time` names yet.
 */
export class TimeGroup {
  /** A `put` is under way, or failed half-way. */
  private torn = false;
  /** Who reads a chunk sees it before a `put` or after it. */
  readonly #turns = new Turns();

  private constructor(
    readonly path: string,
    private readonly files: DurableFiles,
    private document: GroupDocument,
  ) {}

  /** The group at `path`, or an empty one that is not written yet. */
  static async open(path: string, files: DurableFiles): Promise<TimeGroup> {
    return new TimeGroup(path, files, (await readDocument<GroupDocument>(path)) ?? groupDocument({}, {}));
  }

  get attributes(): Attributes {
    return this.document.attributes;
  }

  get members(): Members {
    return this.document.consolidated_metadata?.metadata ?? {};
  }

  /** Slots on the axis, also those that nothing has filled. */
  get length(): number {
    return this.members.time?.shape[0] ?? 0;
  }

  /** Slots that hold something. */
  get filled(): number {
    return Number(this.attributes.filled_slots ?? 0);
  }

  async describe(attributes: Attributes): Promise<void> {
    await this.#write({ ...attributes, filled_slots: this.filled }, this.members);
  }

  /** Makes the arrays, of length 0. */
  async create(members: Members): Promise<void> {
    await this.#writeMembers(members);
    await this.#write(this.attributes, members);
  }

  /** Puts chunk `index` in: `writeData` places the data, then `times` says which of its slots hold something. */
  put(index: number, times: readonly number[], writeData: () => Promise<void>): Promise<void> {
    return this.#turns.take(() => this.#put(index, times, writeData));
  }

  /** Lets `task` read what belongs together. */
  read<A>(task: () => Promise<A>): Promise<A> {
    return this.#turns.take(task);
  }

  /** What a float64 array holds of chunk `index`; nothing when nobody put it there. */
  async series(name: string, index: number): Promise<readonly number[]> {
    return numbersOf(await ifThere(readFile(join(this.path, name, 'c', String(index))), new Uint8Array()));
  }

  /** The chunks that are there, in order. */
  async chunks(): Promise<number[]> {
    const names = await ifThere(readdir(join(this.path, 'time', 'c')), []);
    // File browsers leave files of their own.
    const indexes = names.filter((name) => /^\d+$/.test(name)).map(Number);
    return indexes.sort((a, b) => a - b);
  }

  async #put(index: number, times: readonly number[], writeData: () => Promise<void>): Promise<void> {
    if (this.torn) await this.recover();
    this.torn = true;
    const replaced = await this.#timesOf(index);
    const writeTimes = (): Promise<void> =>
      this.files.write(this.#timeChunk(index), seriesBytes(times, this.#chunkLength));
    // No time may ever stand for data that is not there: a chunk that comes again shorter gives up its times first.
    const isShorter = times.length < replaced.end;
    if (isShorter) await writeTimes();
    await writeData();
    if (!isShorter) await writeTimes();
    await this.#reach(index * this.#chunkLength + times.length, this.filled + times.length - replaced.filled);
    this.torn = false;
  }

  /** Makes a group whole again that a crash (or a full disk) left between two steps. */
  async recover(): Promise<void> {
    let [end, filled] = [this.length, 0];
    for (const name of Object.keys(this.members))
      end = Math.max(end, (await readDocument<ArrayDocument>(join(this.path, name)))?.shape[0] ?? 0);
    for (const index of await this.chunks()) {
      const times = await this.#timesOf(index);
      filled += times.filled;
      end = Math.max(end, index * this.#chunkLength + times.end);
    }
    await this.#reach(end, filled, true);
    this.torn = false;
  }

  async #reach(end: number, filled: number, always = false): Promise<void> {
    const longer = always || end > this.length;
    const length = Math.max(end, this.length);
    const members = Object.fromEntries(
      Object.entries(this.members).map(([name, array]) => [
        name,
        { ...array, shape: [length, ...array.shape.slice(1)] },
      ]),
    );
    if (longer) await this.#writeMembers(members);
    if (longer || filled !== this.filled) await this.#write({ ...this.attributes, filled_slots: filled }, members);
  }

  async #writeMembers(members: Members): Promise<void> {
    for (const [name, array] of Object.entries(members))
      await this.files.write(join(this.path, name, 'zarr.json'), documentBytes(array));
  }

  async #write(attributes: Attributes, members: Members): Promise<void> {
    const document = groupDocument(attributes, members);
    await this.files.write(join(this.path, 'zarr.json'), documentBytes(document));
    this.document = document;
  }

  get #chunkLength(): number {
    return this.members.time?.chunk_grid.configuration.chunk_shape[0] ?? 1;
  }

  #timeChunk(index: number): string {
    return join(this.path, 'time', 'c', String(index));
  }

  /** How many slots of a chunk hold something, and where the last of them ends. */
  async #timesOf(index: number): Promise<{ readonly filled: number; readonly end: number }> {
    let [filled, end] = [0, 0];
    for (const [k, time] of (await this.series('time', index)).entries())
      if (!Number.isNaN(time)) [filled, end] = [filled + 1, k + 1];
    return { filled, end };
  }
}

/** One stored chunk of a float64 array: `values`, then NaN to its end. */
export const seriesBytes = (values: readonly number[], chunkLength: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(chunkLength * 8));
  for (let k = 0; k < chunkLength; k += 1) view.setFloat64(k * 8, values[k] ?? Number.NaN, true);
  return new Uint8Array(view.buffer);
};

const numbersOf = (bytes: Uint8Array): readonly number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.byteLength / 8) }, (_, k) => view.getFloat64(k * 8, true));
};

const readDocument = async <A>(directory: string): Promise<A | undefined> => {
  const text = await ifThere(readFile(join(directory, 'zarr.json'), 'utf8'), '');
  return text === '' ? undefined : (JSON.parse(text) as A);
};
