import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import { Subject } from 'rxjs';
import type { Disk } from '../files/disk.js';
import { isBusy } from '../files/isBusy.js';
import type { Clock } from '../flow/clock.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { EncodedChunk } from '../model/encodedChunk.js';
import { SpoolError } from '../model/errors.js';
import { decodePayload, encodePayload } from './recordCodec.js';
import { claimedBytes, FRAME_HEADER_BYTES, payloadAt, recordFrame } from './recordFrame.js';
import { ChunkHeaderShape } from './recordShapes.js';
import { type OnTrouble, untilDone } from './untilDone.js';

/** What a chunk file says of itself. */
export interface ChunkHeader {
  readonly chunk: ChunkRef;
  readonly time: ChunkTime;
  /** frames, height, width; or points. */
  readonly dims: readonly number[];
  /** Of the body. */
  readonly bytes: number;
  /** CRC-32C of the body. */
  readonly crc: number;
}

/** Where a chunk is kept, for its record. */
export interface KeptChunk {
  readonly file: string;
  readonly crc: number;
}

/** A chunk, read back. */
export interface ChunkContents {
  readonly header: ChunkHeader;
  readonly body: Uint8Array;
}

/** How a session's chunks are written. */
export interface ChunkFilesOptions {
  readonly clock: Clock;
  readonly onTrouble: OnTrouble;
}

/** Enough for a header, but for a channel whose name fills a page. */
const BEGINNING_BYTES = 4096;
/** A damaged length may claim anything. */
const MOST_HEADER_BYTES = 2 ** 20;

/** A session's chunks, a file each: a framed header, then the body. A file that has its name is whole. */
export class ChunkFiles {
  readonly #left$ = new Subject<never>();
  #prepared: Promise<void> | undefined;
  #next = 0;

  /** @param directory `chunks`, of one session */
  constructor(
    private readonly disk: Disk,
    private readonly directory: string,
    private readonly options: ChunkFilesOptions,
  ) {}

  /** Durable when it resolves; tries again with a new draft after trouble, until `close`. The body stays the caller's to release. */
  keep(chunk: ChunkRef, time: ChunkTime, { parts, dims, byteLength }: EncodedChunk): Promise<KeptChunk> {
    const crc = parts.reduce((sum, part) => crc32c(part, sum), 0);
    const header = recordFrame(encodePayload({ chunk, time, dims, bytes: byteLength, crc } satisfies ChunkHeader));
    let number: number | undefined;
    const write = async (): Promise<KeptChunk> => {
      number ??= await this.#number();
      return { file: await this.#write([header, ...parts], number), crc };
    };
    return untilDone(write, this.options.clock, this.options.onTrouble, this.#left$);
  }

  /** Gives up what waits for another attempt. */
  close(): void {
    this.#left$.error(new SpoolError(this.directory, 'was closed before a chunk could be written'));
  }

  /** A chunk's bytes; a `SpoolError` when they are not there, or not what was kept. Other failures of the system may pass. */
  async read(file: string): Promise<ChunkContents> {
    const bytes = await this.#bytesOf(file);
    const header = headerOf(bytes);
    if (header === undefined) throw this.#damaged(file, 'has no readable header');
    const body = bytes.subarray(FRAME_HEADER_BYTES + (claimedBytes(bytes, 0) ?? 0));
    if (body.byteLength !== header.bytes)
      throw this.#damaged(file, `holds ${body.byteLength} bytes of a chunk that has ${header.bytes}`);
    if (crc32c(body) !== header.crc) throw this.#damaged(file, 'does not match its checksum');
    return { header, body };
  }

  /** What a file says of itself; nothing when it cannot be read, but for a system that is busy. Looks at its beginning only. */
  async header(file: string): Promise<ChunkHeader | undefined> {
    try {
      const beginning = await this.#bytesOf(file, BEGINNING_BYTES);
      const bytes = FRAME_HEADER_BYTES + (claimedBytes(beginning, 0) ?? 0);
      const isLonger = bytes > BEGINNING_BYTES && bytes <= MOST_HEADER_BYTES;
      return headerOf(isLonger ? await this.#bytesOf(file, bytes) : beginning);
    } catch (error) {
      if (isBusy(error)) throw error;
      return undefined; // `read` says why
    }
  }

  /** The chunk files, in the order they were kept. */
  async list(): Promise<string[]> {
    const names = (await this.#files()).filter((name) => numberOf(name) !== undefined);
    return names.sort((one, other) => (numberOf(one) ?? 0) - (numberOf(other) ?? 0));
  }

  /** Removes what earlier processes had not finished. */
  async sweep(): Promise<void> {
    for (const name of await this.#files())
      if (name.endsWith('.draft')) await this.disk.remove(join(this.directory, name));
  }

  async remove(file: string): Promise<void> {
    await this.disk.remove(this.#path(file));
  }

  /** Sets a file aside that cannot be read. */
  async quarantine(file: string): Promise<void> {
    const aside = join(dirname(this.directory), 'quarantine');
    await this.disk.makeDirectory(aside);
    await this.disk.rename(this.#path(file), join(aside, file));
  }

  /** A draft that failed is nothing: whatever is on the disk, it never gets a name. */
  async #write(parts: readonly Uint8Array[], number: number): Promise<string> {
    const name = `${number}.chunk`;
    const draft = join(this.directory, `${randomUUID()}.draft`);
    try {
      await this.#writeDraft(draft, parts);
      await this.disk.rename(draft, join(this.directory, name));
      await this.disk.syncDirectory(this.directory);
      return name;
    } catch (error) {
      await this.disk.remove(draft).catch(() => {}); // the first error is told; `sweep` takes the rest
      throw error;
    }
  }

  async #writeDraft(draft: string, parts: readonly Uint8Array[]): Promise<void> {
    const file = await this.disk.create(draft);
    try {
      await file.write(parts);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #number(): Promise<number> {
    this.#prepared ??= this.#prepare();
    await this.#prepared.catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#next++;
  }

  /** Numbers go on after those that earlier processes have used. */
  async #prepare(): Promise<void> {
    await this.disk.makeDirectory(this.directory);
    const [last = ''] = (await this.list()).slice(-1);
    this.#next = (numberOf(last) ?? -1) + 1;
  }

  async #files(): Promise<string[]> {
    const entries = await this.disk.list(this.directory).catch((error: unknown) => {
      if (/^(ENOENT|ENOTDIR|ELOOP)$/.test((error as { code?: string }).code ?? '')) return []; // no directory of ours
      throw error;
    });
    return entries.flatMap(({ name, kind }) => (kind === 'file' ? name : []));
  }

  async #bytesOf(file: string, bytes?: number): Promise<Uint8Array> {
    try {
      return await this.disk.read(this.#path(file), bytes === undefined ? undefined : { from: 0, bytes });
    } catch (error) {
      const { code = '' } = error as { code?: string };
      throw NEVER_A_CHUNK.test(code) ? this.#damaged(file, `cannot be read (${code})`, error) : error;
    }
  }

  /** A name comes from a record, which somebody may have written: it names a chunk here, or nothing. */
  #path(file: string): string {
    if (numberOf(file) === undefined) throw new SpoolError(this.directory, `has no ${JSON.stringify(file)}`);
    return join(this.directory, file);
  }

  #damaged(file: string, reason: string, cause?: unknown): SpoolError {
    return new SpoolError(join(this.directory, file), reason, cause === undefined ? {} : { cause });
  }
}

/** Nothing there, a bad place of the disk, or something that is no file: another attempt reads no more. */
const NEVER_A_CHUNK = /^(ENOENT|EIO|EISDIR|ELOOP|EINVAL)$/;

const numberOf = (name: string): number | undefined => {
  const digits = /^(0|[1-9]\d{0,14})\.chunk$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

const headerOf = (bytes: Uint8Array): ChunkHeader | undefined => {
  const payload = payloadAt(bytes, 0);
  return payload === undefined ? undefined : decodePayload(ChunkHeaderShape, payload);
};
