import { firstValueFrom, from, merge, Subject, type Subscription } from 'rxjs';
import type { Disk } from '../files/disk.js';
import type { Clock } from '../flow/clock.js';
import { delayOf } from '../flow/retryPolicy.js';
import { waitOf } from '../flow/waitOf.js';
import { SpoolError } from '../model/errors.js';
import { diskBackoff } from './diskBackoff.js';
import { encodeRecord } from './recordCodec.js';
import { recordFrame } from './recordFrame.js';
import { RecordSegmentFile } from './recordSegmentFile.js';
import type { LogEntry } from './recordShapes.js';
import type { Reserve } from './reserve.js';

/** How a journal's records are written. */
export interface RecordLogOptions {
  /** The number of the first record: above all that the directory has. */
  readonly nextSeq: number;
  /** The number of the first segment. Default 0. A segment that is there is never written to: the next free number is taken. */
  readonly nextSegment?: number;
  readonly clock: Clock;
  /** Told of each failure, with the wait before the next attempt. */
  readonly onTrouble: (error: unknown, inMs: number) => void;
  /** What is given up first when the disk is full. */
  readonly reserve?: Reserve;
  /** A segment that has become larger is followed by the next. Default 8 MiB: whoever reads one holds nobody up for long. */
  readonly segmentBytes?: number;
}

/** How long a record may wait for others to share its sync, ms. */
const SOON_MS = 20;

interface Waiting {
  readonly frame: Uint8Array;
  readonly safe: () => void;
  readonly failed: (error: SpoolError) => void;
}

/** Writes a session's records, in order, many with one sync. */
export class RecordLog {
  /** What is not yet safe, in order. */
  readonly #waiting: Waiting[] = [];
  /** Ends a wait between two attempts. */
  readonly #hurry$ = new Subject<void>();
  #segment: RecordSegmentFile | undefined;
  #nextSegment: number;
  #nextSeq: number;
  /** What waits goes with the next commit, which waits for nothing more. */
  #isDue = false;
  #soon: Subscription | undefined;
  #committing: Promise<void> | undefined;
  #failures = 0;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly disk: Disk,
    private readonly directory: string,
    private readonly options: RecordLogOptions,
  ) {
    this.#nextSegment = options.nextSegment ?? 0;
    this.#nextSeq = options.nextSeq;
  }

  /**
   * Resolves when this record and all before it are safe: `'now'` starts a commit, `'soon'` waits up to 20 ms for company. While
   * the log is open it tries until it can, on a new segment each time, and rejects for nothing but an entry that cannot be
   * encoded. Nobody need handle a rejection.
   */
  append(entry: LogEntry, at: number, when: 'now' | 'soon'): Promise<void> {
    const appended = new Promise<void>((safe, failed) => {
      if (this.#closing !== undefined) throw this.#refusal();
      const frame = recordFrame(encodeRecord({ seq: this.#nextSeq, at, said: entry }));
      this.#nextSeq += 1;
      this.#waiting.push({ frame, safe, failed });
      if (when === 'now') this.#due();
      else this.#soon ??= this.options.clock.scheduler.schedule(() => this.#due(), SOON_MS);
    });
    appended.catch(() => {});
    return appended;
  }

  /** Resolves when what was appended is safe, or cannot be within the time given, and is then rejected; closes the file. */
  close(patienceMs = Number.POSITIVE_INFINITY): Promise<void> {
    this.#closing ??= this.#finish(patienceMs);
    return this.#closing;
  }

  async #finish(patienceMs: number): Promise<void> {
    const done = this.#due();
    this.#hurry$.next();
    await firstValueFrom(merge(from(done), waitOf(patienceMs, this.options.clock.scheduler)));
    for (const { failed } of this.#waiting.splice(0)) failed(this.#refusal());
    this.#hurry$.next(); // with nothing left to wait for
  }

  #refusal(): SpoolError {
    return new SpoolError(this.directory, 'was closed before a record could be written');
  }

  #due(): Promise<void> {
    this.#isDue = true;
    this.#committing ??= this.#commitAll();
    return this.#committing;
  }

  async #commitAll(): Promise<void> {
    await undefined; // what is appended in one go is committed in one go
    while (this.#isDue && this.#waiting.length > 0) {
      this.#isDue = false;
      this.#soon?.unsubscribe();
      this.#soon = undefined;
      await this.#commit([...this.#waiting]).catch((error: unknown) => this.#recover(error));
    }
    if (this.#closing !== undefined) await this.#segment?.close();
    this.#committing = undefined;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const { segmentBytes = 2 ** 23, reserve } = this.options;
    this.#segment ??= await this.#nextFile();
    await this.#segment.commit(batch.map(({ frame }) => frame));
    this.#failures = 0;
    for (const { safe } of this.#waiting.splice(0, batch.length)) safe();
    if (this.#segment.byteLength >= segmentBytes) {
      await this.#segment.close();
      this.#segment = undefined;
    }
    await reserve?.takeAgain();
  }

  /** A name that is taken is somebody's, and no failure. */
  async #nextFile(): Promise<RecordSegmentFile> {
    for (;;) {
      try {
        return await RecordSegmentFile.create(this.disk, this.directory, this.#nextSegment++);
      } catch (error) {
        if ((error as { code?: string }).code !== 'EEXIST') throw error;
      }
    }
  }

  /** Leaves the segment that failed as it is: what is not safe goes into the next one, after a wait. */
  async #recover(error: unknown): Promise<void> {
    const segment = this.#segment;
    this.#segment = undefined;
    this.#isDue = true;
    await segment?.abandon();
    const hasRoom = isFull(error) && (await this.options.reserve?.give()) === true;
    const inMs = hasRoom ? 0 : delayOf(diskBackoff, ++this.#failures, error);
    this.options.onTrouble(error, inMs);
    if (inMs > 0 && this.#waiting.length > 0)
      await firstValueFrom(merge(waitOf(inMs, this.options.clock.scheduler), this.#hurry$));
  }
}

const isFull = (error: unknown): boolean => /^(ENOSPC|EDQUOT)$/.test((error as { code?: string }).code ?? '');
