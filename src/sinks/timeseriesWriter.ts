import { of, type Subscription, timer } from 'rxjs';
import type { Rooms } from '../delivery/platform.js';
import type { AlignedRow } from '../model/alignedRow.js';
import { type ChannelPoints, encodePoints } from '../model/channelPoints.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import { InputError } from '../model/errors.js';
import type { TimeBase } from '../model/frame.js';
import type { Sample } from '../model/sample.js';
import type { AskedTimeseries } from '../model/timeseriesOptions.js';
import type { Points } from '../model/timeseriesSession.js';
import { ChannelTrack } from './channelTrack.js';
import { checkChannel, checkMoment, checkRow, checkSample, requireTimeBase } from './checkSample.js';
import { FillingPoints } from './fillingPoints.js';
import { SessionWriter } from './sessionWriter.js';

/** So long points wait for others to be journalled with them, ms. */
const GATHER_MS = 250;

/** Where the chunks of rows are counted; samples are counted by the names of their channels, which are not blank. */
const ROWS = '';

type Units = Readonly<Record<string, string | undefined>>;

/** Writes points into a session's journal: gathers them into chunks that grow, each channel its own, or rows of all of them. */
export class TimeseriesWriter extends SessionWriter {
  readonly #tracks = new Map<string, ChannelTrack>();
  readonly #filling = new Map<string, FillingPoints>();
  readonly #next = new Map<string, number>();
  #gathering: Subscription | undefined;
  #takes: 'sample' | 'row' | undefined;
  #rowChannels: ReadonlySet<string> | undefined;

  constructor(
    rooms: Rooms,
    private readonly options: AskedTimeseries,
  ) {
    super(rooms, { kind: 'timeseries', options });
  }

  /** The index that the next chunk of a channel gets. */
  nextIndex(channel: string): number {
    return this.#next.get(channel) ?? 0;
  }

  /** Takes a sample; what its instrument said instead of a value goes into a channel beside it. */
  addSample(sample: Sample): void {
    if (this.hasEnded) return; // over, in the middle of an array
    checkSample(sample);
    this.#only('sample', sample);
    const { channel, t, value, units, timeBase, flag, raw } = sample;
    const isTaken = this.#add(channel, t, { [channel]: value }, { [channel]: units }, timeBase);
    if (!isTaken || flag === undefined || raw === undefined) return;
    const beside = `${channel}.${flag}`;
    this.#add(beside, t, { [beside]: raw }, { [beside]: units }, timeBase);
  }

  addRow(row: AlignedRow): void {
    if (this.hasEnded) return;
    checkRow(row);
    this.#only('row', row);
    this.#sameChannels(row);
    const { t, values, timeBase } = row;
    const units: Units = Object.assign(Object.create(null), row.units); // a channel may be called `constructor`
    this.#add(ROWS, t, values, units, timeBase);
  }

  /** Takes points as the next chunk of a channel, as given. */
  addChunk(channel: string, points: Points): void {
    this.#put(this.nextIndex(channel), { [channel]: points }, channel);
  }

  /** Takes points of several channels as one chunk; channels without points are left out. */
  addMulti(index: number, channels: Readonly<Record<string, Points>>): void {
    const filled = Object.entries(channels).filter(([, { times, values }]) => times.length + values.length > 0);
    if (filled.length === 0) throw new InputError('channels', channels, 'must have at least one channel with points');
    const least = Math.max(...[ROWS, ...filled.map(([channel]) => channel)].map((home) => this.nextIndex(home)));
    if (!Number.isSafeInteger(index) || index < least)
      throw new InputError('index', index, `must be a whole number, at least ${least}: the next of its channels`);
    this.#put(index, Object.fromEntries(filled), undefined);
  }

  /** Accepts all that was gathered, of all channels in one go. */
  protected override seal(): void {
    this.#gathering?.unsubscribe();
    this.#gathering = undefined;
    for (const track of this.#tracks.values()) this.#tellDropped(track);
    for (const filling of [...this.#filling.values()]) this.#grow(filling);
  }

  /** One session is one or the other: rows have one index for all their channels, samples one a channel. */
  #only(kind: 'sample' | 'row', item: unknown): void {
    this.#takes ??= kind;
    if (this.#takes !== kind) throw new InputError(kind, item, `cannot be mixed with ${this.#takes}s in one session`);
  }

  /** A chunk of rows grows by places, so a channel that came later would stand in the wrong ones. */
  #sameChannels({ values }: AlignedRow): void {
    const names = Object.keys(values);
    this.#rowChannels ??= new Set(names);
    if (names.length !== this.#rowChannels.size || !names.every((name) => this.#rowChannels?.has(name)))
      throw new InputError(
        'values',
        names,
        `must have the channels of the first row: ${[...this.#rowChannels].join(', ')}`,
      );
  }

  /** Whether the points were taken: what is out of order may be dropped. */
  #add(
    home: string,
    t: number,
    values: Readonly<Record<string, number>>,
    units: Units,
    timeBase: TimeBase = 'host',
  ): boolean {
    const order = this.#trackOf(home);
    const tracks = Object.keys(values).map((channel) => this.#trackOf(channel));
    for (const track of tracks) track.check(units[track.channel], timeBase);
    if (!order.takes(t, this.options.onDisorder ?? 'error')) return false;
    for (const track of new Set([order, ...tracks])) track.took(t, units[track.channel], timeBase);
    const filling = this.#fillingOf(home, t, timeBase);
    filling.add(t, values);
    this.ask();
    this.#tellDropped(order);
    if (!this.#isFull(filling)) this.#gather();
    else if (this.#filling.get(home) === filling) this.#full(home, filling);
    return true;
  }

  #isFull({ points }: FillingPoints): boolean {
    return points >= this.options.pointsPerChunk;
  }

  #full(home: string, filling: FillingPoints): void {
    this.#filling.delete(home);
    this.#grow(filling);
  }

  #gather(): void {
    this.#gathering ??= timer(GATHER_MS, this.rooms.clock.scheduler).subscribe(() => this.seal());
  }

  #grow(filling: FillingPoints): void {
    const added = filling.take((channel) => this.#trackOf(channel).units);
    if (added !== undefined) this.#accept(added.chunk, added.time, added.channels);
  }

  #put(index: number, channels: Readonly<Record<string, Points>>, channel: string | undefined): void {
    if (this.hasEnded) throw new InputError('session', this.journal.id, 'must not have ended before its last points');
    const entries = Object.entries(channels);
    for (const [name, points] of entries) this.#checkPoints(name, points);
    if (new Set(entries.map(([, { timeBase = 'host' }]) => timeBase)).size > 1)
      throw new InputError('timeBase', Object.keys(channels), 'must be the same for all channels of a chunk');
    for (const [name, { times, units, timeBase = 'host' }] of entries) {
      this.#trackOf(name).took(times.at(-1) ?? 0, units, timeBase);
      this.#next.set(name, index + 1);
    }
    if (channel === undefined) this.#next.set(ROWS, index + 1);
    const all = entries.map(([name, { times, values }]) => this.#pointsOf(name, times, values));
    const startMs = Math.min(...all.map(({ times }) => times[0] ?? 0));
    const items = Math.max(...all.map(({ times }) => times.length));
    const chunk = { index, ...(channel === undefined ? {} : { channel }), revision: 0, items };
    this.#accept(chunk, this.timeAt(startMs, entries[0]?.[1].timeBase ?? 'host'), all);
  }

  #checkPoints(channel: string, { times, values, units, timeBase }: Points): void {
    const { pointsPerChunk } = this.options;
    checkChannel(channel);
    if (times.length !== values.length)
      throw new InputError('values', values, `must be as many as the times, ${times.length} (channel ${channel})`);
    if (times.length === 0 || times.length > pointsPerChunk)
      throw new InputError(
        'times',
        times,
        `must be 1 to ${pointsPerChunk} points (pointsPerChunk; channel ${channel})`,
      );
    for (const t of times) checkMoment('times', t);
    for (const value of values)
      if (typeof value !== 'number') throw new InputError('values', value, `must be numbers (channel ${channel})`);
    requireTimeBase(timeBase);
    this.#trackOf(channel).check(units);
    if (this.options.onDisorder !== 'keep') this.#trackOf(channel).checkOrder(times);
  }

  #accept(chunk: ChunkRef, time: ChunkTime, channels: readonly ChannelPoints[]): void {
    const body = encodePoints(channels);
    const { byteLength } = body;
    const encoded = { parts: [body], byteLength, dims: [chunk.items], release: () => {} };
    this.accept({ chunk, time, heldBytes: byteLength, body$: of(encoded) });
  }

  #pointsOf(channel: string, times: readonly number[], values: readonly number[]): ChannelPoints {
    const { units } = this.#trackOf(channel);
    return { channel, ...(units === undefined ? {} : { units }), times, values };
  }

  #tellDropped(track: ChannelTrack): void {
    const gap = track.takeDropped();
    if (gap !== undefined) this.journal.append({ type: 'gap', gap });
  }

  #trackOf(home: string): ChannelTrack {
    const track = this.#tracks.get(home) ?? new ChannelTrack(home);
    this.#tracks.set(home, track);
    return track;
  }

  #fillingOf(home: string, t: number, timeBase: TimeBase): FillingPoints {
    const known = this.#filling.get(home);
    if (known !== undefined && !this.#isFull(known)) return known;
    if (known !== undefined) this.#full(home, known); // a reader of `asked` or `gap` brings more before it is accepted
    const index = this.nextIndex(home);
    this.#next.set(home, index + 1);
    const filling = new FillingPoints(home === ROWS ? undefined : home, index, this.timeAt(t, timeBase));
    this.#filling.set(home, filling);
    return filling;
  }
}
