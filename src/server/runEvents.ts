import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChannelStore } from './channelStore.js';
import { Coalesced } from './coalesced.js';
import type { DurableFiles } from './durableFiles.js';
import { ifThere } from './ifThere.js';
import type { Stream } from './stream.js';
import type { StreamIndex } from './streamIndex.js';

/** A file that people look at need not be younger. */
const restMs = 250;

interface RunEvent {
  readonly ms: number;
  readonly text: string;
}

/**
 * `events.jsonl` in the folder of each run: what all its events streams hold, in the order of time. A line an event, `{"t", "unix_ms", "text"}`.
 *
 * It is made of the streams and of nothing else, and follows them in the background.
 */
export class RunEvents {
  readonly #files = new Map<string, Coalesced>();

  private constructor(
    private readonly drafts: DurableFiles,
    private readonly streams: StreamIndex,
  ) {}

  /** Catches up with what the process before did not get to. */
  static async open(drafts: DurableFiles, streams: StreamIndex): Promise<RunEvents> {
    const events = new RunEvents(drafts, streams);
    for (const stream of streams.eventStreams()) if (await isBehind(stream)) events.changed(stream);
    return events;
  }

  /** An events stream has changed; any other may say so too. */
  changed({ run }: Stream): void {
    if (run?.part === 'events') this.#file(run.folder).ask();
  }

  /** Resolves when every file is as its streams; rejects when one cannot be. */
  async settle(): Promise<void> {
    const settled = await Promise.allSettled([...this.#files.values()].map((file) => file.settle()));
    for (const { reason } of settled.filter((one) => one.status === 'rejected')) throw reason;
  }

  #file(folder: string): Coalesced {
    const known = this.#files.get(folder);
    if (known !== undefined) return known;
    const file = new Coalesced(() => this.#write(folder), restMs);
    this.#files.set(folder, file);
    return file;
  }

  async #write(folder: string): Promise<void> {
    const streams = this.streams.eventStreams().filter(({ run }) => run?.folder === folder);
    const events = (await Promise.all(streams.map(eventsOf))).flat();
    if (events.length > 0) await this.drafts.write(fileIn(folder), Buffer.from(inOrder(events).map(lineOf).join('')));
  }
}

const fileIn = (folder: string): string => join(folder, 'events.jsonl');

/** A point of a channel is an event: the channel's name is what happened. */
const eventsOf = (stream: Stream<ChannelStore>): Promise<readonly RunEvent[]> =>
  stream.read(async (store) =>
    (await store.points()).flatMap(({ name, times }) =>
      times.map((time): RunEvent => ({ ms: Math.round(time * 1000), text: name })),
    ),
  );

const inOrder = (events: readonly RunEvent[]): readonly RunEvent[] =>
  [...events].sort((a, b) => a.ms - b.ms || (a.text < b.text ? -1 : 1));

const lineOf = ({ ms, text }: RunEvent): string =>
  `${JSON.stringify({ t: new Date(ms).toISOString(), unix_ms: ms, text })}\n`;

/** Ends are written down before the last events are. */
const isBehind = async ({ record, run }: Stream): Promise<boolean> => {
  if (run === undefined || record.ended_unix_ms === null) return run !== undefined;
  const modified = async (path: string): Promise<number> => (await ifThere(stat(path), undefined))?.mtimeMs ?? 0;
  return (await modified(fileIn(run.folder))) <= (await modified(join(run.path, 'stream.json')));
};
