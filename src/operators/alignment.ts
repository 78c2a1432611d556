import type { AlignedRow } from '../model/alignedRow.js';
import type { Reading } from '../model/sample.js';
import type { CheckedAlignment } from './checkAlignment.js';
import { type Fill, readingAt } from './readingAt.js';
import { ReadingBuffer } from './readingBuffer.js';
import { followAxis, gridAxis, type RowAxis } from './rowAxis.js';

/** A channel of the rows. */
interface Column<Channel extends string> {
  readonly channel: Channel;
  readonly fill: Fill;
  readonly tolerance: number;
  readonly buffer: ReadingBuffer;
  /** The last reading that a row has used: its units and its time base are the channel's. */
  used: Reading | undefined;
}

/**
 * What has come of every channel and not yet gone into all of its rows: readings of one `lateness`, and of each channel one more.
 *
 * @internal
 */
export class Alignment<Channel extends string> {
  readonly #columns: readonly Column<Channel>[];
  readonly #byName: ReadonlyMap<Channel, Column<Channel>>;
  readonly #live: Set<Column<Channel>>;
  readonly #axis: RowAxis<Channel>;
  /** Whose clock the rows' times are of. */
  readonly #clocks: readonly Column<Channel>[];
  #newest = -Infinity;

  constructor(private readonly asked: CheckedAlignment<Channel>) {
    const { axis } = asked;
    this.#columns = asked.columns.map((column) => ({ ...column, buffer: new ReadingBuffer(), used: undefined }));
    this.#byName = new Map(this.#columns.map((column) => [column.channel, column]));
    this.#live = new Set(this.#columns);
    this.#axis = 'follow' in axis ? followAxis(axis.follow) : gridAxis(axis.period, axis.origin ?? 0);
    this.#clocks = 'follow' in axis ? [this.#byName.get(axis.follow)!] : this.#columns;
  }

  add(channel: Channel, reading: Reading): void {
    const { buffer } = this.#byName.get(channel)!;
    const isUsed = reading.t > buffer.newest;
    if (!isUsed || reading.t <= this.#axis.passed) this.asked.onLate(channel, reading, isUsed);
    if (!isUsed) return;
    buffer.push(reading);
    this.#newest = Math.max(this.#newest, reading.t);
    this.#axis.saw(channel, reading.t);
  }

  /** No row waits for this channel any more. */
  end(channel: Channel): void {
    this.#live.delete(this.#byName.get(channel)!);
  }

  /** How many readings are kept. */
  get size(): number {
    return this.#columns.reduce((sum, { buffer }) => sum + buffer.size, 0);
  }

  get isOver(): boolean {
    return this.#live.size === 0;
  }

  /** The rows that wait for nothing any more; at the end all up to the newest reading. */
  *rows(isEnd = false): Generator<AlignedRow<Channel>> {
    const ready = isEnd ? this.#newest : this.#ready();
    for (let t = this.#axis.next; t !== undefined && t <= ready; t = this.#axis.next) {
      const row = this.#rowAt(t);
      this.#axis.advance(row ? t : Math.min(ready, this.#speaksAfter(t)));
      if (row) yield row;
    }
    const needed = Math.max(this.#axis.passed, this.#newest - this.asked.lateness);
    for (const { buffer } of this.#columns) buffer.forget(needed);
  }

  /** Up to here every channel has said what it says, or is given up. */
  #ready(): number {
    const behind = Math.min(...[...this.#live].map(({ buffer }) => buffer.newest));
    return Math.min(this.#newest, Math.max(behind, this.#newest - this.asked.lateness));
  }

  /** `undefined` when no channel says anything, or has for too long. */
  #rowAt(t: number): AlignedRow<Channel> | undefined {
    const values: [Channel, number][] = [];
    let latest = -Infinity;
    let isSaid = false;
    for (const column of this.#columns) {
      const neighbours = column.buffer.around(t);
      const reading = readingAt(t, neighbours, column.fill, column.tolerance);
      column.used = reading ?? column.used;
      latest = Math.max(latest, neighbours.before?.t ?? latest);
      const value = reading?.value ?? Number.NaN;
      values.push([column.channel, value]);
      isSaid ||= !Number.isNaN(value);
    }
    if (!isSaid || t - latest > this.#axis.longestQuiet) return undefined;
    return { t, values: Object.fromEntries(values) as Record<Channel, number>, ...this.#meaning() }; // whatever a channel is called
  }

  /** After a moment at which nothing is said, nothing can be said before this one. */
  #speaksAfter(t: number): number {
    const reach = (column: Column<Channel>) =>
      column.fill === 'nearest' ? Math.min(column.tolerance, this.#axis.longestQuiet) : 0;
    return Math.min(...this.#columns.map((column) => (column.buffer.around(t).after?.t ?? Infinity) - reach(column)));
  }

  #meaning(): Pick<AlignedRow<Channel>, 'units' | 'timeBase'> {
    const units = this.#columns.flatMap(({ channel, used }) =>
      used?.units === undefined ? [] : [[channel, used.units]],
    );
    const clocks = this.#clocks.flatMap(({ used }) => used ?? []);
    const isRecorded = clocks.length > 0 && clocks.every(({ timeBase }) => timeBase === 'recorded');
    return {
      ...(units.length > 0 && { units: Object.fromEntries(units) }),
      ...(isRecorded && { timeBase: 'recorded' }),
    };
  }
}
