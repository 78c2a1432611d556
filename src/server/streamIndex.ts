import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRunStreamName } from '../model/runStreamName.js';
import type { Attributes } from '../zarr/storeMetadata.js';
import type { Catalogue } from './catalogue.js';
import { ChannelStore } from './channelStore.js';
import type { DurableFiles } from './durableFiles.js';
import { FrameStore } from './frameStore.js';
import { JsonFile } from './jsonFile.js';
import { Refusal } from './refusal.js';
import { RunFolders, type RunPlace } from './runFolders.js';
import { Stream, StreamRecord } from './stream.js';

const isDataId = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Where a stream is kept: in a directory called after its id, or in the folder of its run. */
type Place = RunPlace | { readonly path: string; readonly run?: undefined };

/** All streams of a data directory. Their ids are our own UUIDs; of the names that others give, only runs' become directories. */
export class StreamIndex {
  readonly #rheed = new Map<string, Stream<FrameStore>>();
  readonly #timeseries = new Map<string, Stream<ChannelStore>>();
  #lastCreatedMs = 0;

  private constructor(
    private readonly dataDir: string,
    private readonly files: DurableFiles,
    private readonly runs: RunFolders,
    private readonly samples: Catalogue,
    private readonly tags: Catalogue,
  ) {}

  /** Finds the streams of earlier processes, and makes those whole that were under way. */
  static async open(dataDir: string, files: DurableFiles, samples: Catalogue, tags: Catalogue): Promise<StreamIndex> {
    const runs = await RunFolders.open(dataDir, files);
    const index = new StreamIndex(dataDir, files, runs, samples, tags);
    const alone = (await readdir(dataDir)).filter((name) => isDataId.test(name));
    const places: Place[] = [...alone.map((name) => ({ path: join(dataDir, name) })), ...(await runs.places())];
    for (const place of places) {
      const stream = await index.#load(place);
      if (stream?.record.ended_unix_ms === null) await stream.recover();
    }
    return index;
  }

  rheed(dataId: string): Stream<FrameStore> {
    return found(this.#rheed.get(dataId), dataId);
  }

  timeseries(dataId: string): Stream<ChannelStore> {
    return found(this.#timeseries.get(dataId), dataId);
  }

  any(dataId: string): Stream {
    return found<Stream>(this.#rheed.get(dataId) ?? this.#timeseries.get(dataId), dataId);
  }

  /** Those of growth runs that hold what happened, oldest first. */
  eventStreams(): readonly Stream<ChannelStore>[] {
    return [...this.#timeseries.values()].filter(({ run }) => run?.part === 'events');
  }

  newestFirst(): readonly Stream[] {
    const all = [...this.#rheed.values(), ...this.#timeseries.values()];
    return all.sort((a, b) => b.record.created_unix_ms - a.record.created_unix_ms);
  }

  async create(kind: StreamRecord['kind'], name: string, asked: StreamRecord['asked'], nowMs: number): Promise<string> {
    // Two streams of one millisecond keep their order.
    this.#lastCreatedMs = Math.max(nowMs, this.#lastCreatedMs + 1);
    const record: StreamRecord = {
      data_id: randomUUID(),
      kind,
      name,
      created_unix_ms: this.#lastCreatedMs,
      ended_unix_ms: null,
      physical_sample_id: null,
      tag_ids: [],
      asked,
      items: 0,
    };
    const place = await this.#placeFor(record);
    const { stream, add } = this.#streamOf(place, JsonFile.make(recordPath(place), this.files, record));
    await stream.change();
    add();
    return record.data_id;
  }

  /** The folder of its run for a stream whose name says that it holds frames, channels or events of one. */
  async #placeFor({ data_id, kind, name }: StreamRecord): Promise<Place> {
    const named = readRunStreamName(name);
    const fits = named !== undefined && (named.part === 'frames') === (kind === 'rheed');
    return fits ? this.runs.make(named.run, named.part) : { path: join(this.dataDir, data_id) };
  }

  /** A directory without a record is a stream whose creation was never answered; one with another's is a copy that somebody made. */
  async #load(place: Place): Promise<Stream | undefined> {
    const file = await JsonFile.open(recordPath(place), this.files, StreamRecord);
    if (file === undefined || this.#rheed.has(file.value.data_id) || this.#timeseries.has(file.value.data_id))
      return undefined;
    const { stream, add } = this.#streamOf(place, file);
    add();
    this.#lastCreatedMs = Math.max(this.#lastCreatedMs, file.value.created_unix_ms);
    return stream;
  }

  #streamOf(place: Place, file: JsonFile<StreamRecord>): { readonly stream: Stream; add(): void } {
    const { data_id: dataId, kind, asked } = file.value;
    const run = place.run === undefined ? undefined : place;
    const describe = (record: StreamRecord): Attributes => this.#attributesOf(record, run);
    if (kind === 'rheed') {
      const path = join(place.path, 'frames.zarr');
      const stream = new Stream(path, run, file, () => FrameStore.open(path, this.files), describe);
      return { stream, add: () => this.#rheed.set(dataId, stream) };
    }
    const path = join(place.path, 'channels.zarr');
    const open = (): Promise<ChannelStore> => ChannelStore.open(path, this.files, Number(asked.points_per_chunk));
    const stream = new Stream(path, run, file, open, describe);
    return { stream, add: () => this.#timeseries.set(dataId, stream) };
  }

  /** What a store says of its stream: all that was asked at its creation, and what it was linked to since. */
  #attributesOf(record: StreamRecord, run: RunPlace | undefined): Attributes {
    const isoTime = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
    const { physical_sample_id: sampleId } = record;
    return {
      ...record.asked,
      name: record.name,
      kind: record.kind,
      ...(run === undefined ? {} : { run: run.run, part: run.part }),
      data_id: record.data_id,
      created: isoTime(record.created_unix_ms),
      ended: isoTime(record.ended_unix_ms),
      physical_sample: sampleId === null ? null : this.samples.get(sampleId).name,
      physical_sample_id: sampleId,
      tags: record.tag_ids.map((id) => this.tags.get(id).name),
      tag_ids: record.tag_ids,
    };
  }
}

const recordPath = ({ path }: Place): string => join(path, 'stream.json');

const found = <A>(stream: A | undefined, dataId: string): A => {
  if (stream === undefined) throw new Refusal(404, `there is no stream ${dataId}`);
  return stream;
};
