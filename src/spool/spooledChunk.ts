import { GrowingChunk } from '../journal/growingChunk.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { FrameInfo } from '../model/frame.js';
import type { Problem } from '../model/problem.js';

/** A chunk that was accepted, and is not on the platform, or not all of it. */
export interface SpooledChunk {
  /** With all its items that have no fate; of a dead letter, with all that were refused. */
  readonly chunk: ChunkRef;
  readonly time?: ChunkTime;
  readonly frames?: readonly FrameInfo[];
  /** Host time, ms UTC. */
  readonly acceptedAt: number;
  /** Where its bytes are; absent when they are small, when it never became durable, or when its file is gone. */
  readonly file?: string;
  /** What the log has of it: a small body, or all revisions of a chunk that grows. */
  readonly body?: { readonly dims: readonly number[]; readonly bytes: Uint8Array };
  /** Of a chunk that grows: points that come after what is here, and whose bytes are not. */
  readonly unkept?: ChunkRef;
  /** Bytes of the disk that it takes. */
  readonly bytes: number;
  /** Why the platform refused it: a dead letter. */
  readonly problem?: Problem;
}

/** Whether a chunk's bytes are on the disk; those of a chunk that never became durable went with its process. */
export const hasBody = ({ file, body }: SpooledChunk): boolean => file !== undefined || body !== undefined;

/** What a session knows of one chunk, while something of it may still be needed. */
export class Spooled extends GrowingChunk {
  time: ChunkTime | undefined;
  frames: readonly FrameInfo[] | undefined;
  file: string | undefined;
  problem: Problem | undefined;
  readonly #place: Pick<ChunkRef, 'index' | 'channel'>;
  #fileBytes = 0;

  constructor({ index, channel }: ChunkRef) {
    super();
    this.#place = { index, ...(channel === undefined ? {} : { channel }) };
  }

  /** Bytes of the disk that it takes. */
  get bytes(): number {
    return this.file === undefined ? this.body.byteLength : this.#fileBytes;
  }

  /** By name, with all that is not on the platform. */
  get whole(): ChunkRef {
    return this.#ref(this.keptRevision, this.kept + (this.refused?.kept ?? 0));
  }

  isInFile(file: string, bytes: number): void {
    this.file = file;
    this.#fileBytes = bytes;
  }

  get undelivered(): SpooledChunk | undefined {
    const { kept, keptRevision, unkept, revision } = this;
    if (kept + unkept === 0) return undefined;
    const { bytes, ...told } = this.#told;
    if (kept === 0) return { ...told, chunk: this.#ref(revision, unkept), bytes: 0 };
    const rest = unkept === 0 ? {} : { unkept: this.#ref(revision, unkept) };
    return { ...told, ...this.#where, chunk: this.#ref(keptRevision, kept), ...rest, bytes };
  }

  get deadLetter(): SpooledChunk | undefined {
    const { refused, problem } = this;
    if (refused === undefined) return undefined;
    const chunk = this.#ref(refused.revision, refused.items);
    return { ...this.#told, ...this.#where, chunk, ...(problem === undefined ? {} : { problem }) };
  }

  get #told(): Pick<SpooledChunk, 'time' | 'frames' | 'acceptedAt' | 'bytes'> {
    const { time, frames, acceptedAt, bytes } = this;
    return { ...(time === undefined ? {} : { time }), ...(frames === undefined ? {} : { frames }), acceptedAt, bytes };
  }

  get #where(): Pick<SpooledChunk, 'file' | 'body'> {
    const { file, body, dims } = this;
    if (file !== undefined) return { file };
    return body.byteLength === 0 ? {} : { body: { dims, bytes: body.upTo(body.byteLength) } };
  }

  #ref(revision: number, items: number): ChunkRef {
    return { ...this.#place, revision, items };
  }
}
