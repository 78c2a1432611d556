import * as t from 'io-ts';
import type { Attributes } from '../zarr/storeMetadata.js';
import type { JsonFile } from './jsonFile.js';
import { Refusal } from './refusal.js';
import type { RunPlace } from './runFolders.js';
import { Turns } from './turns.js';

/** What is kept of a stream beside its store. */
export const StreamRecord = t.type({
  data_id: t.string,
  kind: t.keyof({ rheed: null, timeseries: null }),
  name: t.string,
  created_unix_ms: t.number,
  ended_unix_ms: t.union([t.number, t.null]),
  physical_sample_id: t.union([t.string, t.null]),
  tag_ids: t.array(t.string),
  /** The body that the stream was created with. */
  asked: t.UnknownRecord,
  /** Frames or points received, as of its end. */
  items: t.number,
});
export type StreamRecord = t.TypeOf<typeof StreamRecord>;

/** Where the data of a stream goes. */
export interface Store {
  /** Frames or points received. */
  readonly items: number;
  describe(attributes: Attributes): Promise<void>;
  /** Makes whole what a crash left between two steps. */
  recover(): Promise<void>;
}

/** A stream of this platform: its record, and its store while somebody needs it. One change at a time. */
export class Stream<S extends Store = Store> {
  readonly #turns = new Turns();
  #store: Promise<S> | undefined;

  constructor(
    /** The Zarr group that holds it. */
    readonly path: string,
    /** Where it is kept when it is of a growth run. */
    readonly run: RunPlace | undefined,
    private readonly file: JsonFile<StreamRecord>,
    private readonly openStore: () => Promise<S>,
    private readonly attributesOf: (record: StreamRecord) => Attributes,
  ) {}

  get record(): StreamRecord {
    return this.file.value;
  }

  /** Frames or points received. */
  async items(): Promise<number> {
    return this.#store === undefined ? this.record.items : (await this.#store).items;
  }

  /** Changes the record, and what the store says of it. */
  change(changeOf: (record: StreamRecord) => Partial<StreamRecord> = () => ({})): Promise<void> {
    return this.#turns.take(() => this.#describe(changeOf(this.record)));
  }

  /** Lets `task` write to the store; a 409 once the stream has ended. */
  write<A>(task: (store: S) => Promise<A>): Promise<A> {
    return this.#turns.take(async () => {
      this.refuseIfEnded();
      return task(await this.#open());
    });
  }

  /** Lets `task` read the store, beside what is being written; that of a stream that has ended is let go again. */
  async read<A>(task: (store: S) => Promise<A>): Promise<A> {
    return task(await (this.record.ended_unix_ms === null ? this.#open() : this.openStore()));
  }

  refuseIfEnded(): void {
    if (this.record.ended_unix_ms !== null) throw new Refusal(409, `stream ${this.record.data_id} has ended`);
  }

  /** Ends the stream, after what is being written; ending it again changes nothing. */
  end(nowMs: number): Promise<void> {
    return this.#turns.take(async () => {
      if (this.record.ended_unix_ms !== null) return;
      await this.#describe({ ended_unix_ms: nowMs, items: (await this.#open()).items });
    });
  }

  /** Makes the store of a stream that was under way whole again. */
  recover(): Promise<void> {
    return this.#turns.take(async () => {
      await (await this.#open()).recover();
      await this.#describe({});
    });
  }

  /** The record comes last: until then the change is not made, and may be asked for again. */
  async #describe(change: Partial<StreamRecord>): Promise<void> {
    const record = { ...this.record, ...change };
    await (await this.#open()).describe(this.attributesOf(record));
    await this.file.write(record);
    if (record.ended_unix_ms !== null) this.#store = undefined;
  }

  #open(): Promise<S> {
    this.#store ??= this.openStore().catch((error: unknown) => {
      this.#store = undefined;
      throw error;
    });
    return this.#store;
  }
}
