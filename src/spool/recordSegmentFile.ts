import { join } from 'node:path';
import type { Disk, DiskFile } from '../files/disk.js';
import { segmentHeader, segmentName } from './recordSegment.js';

/** A segment that is being written. After a failure nobody knows what of it is on the disk: it is abandoned and never touched again. */
export class RecordSegmentFile {
  /** Its header and its name survive a power cut, and so do the records of the commits that resolved. */
  #isSafe = false;
  /** Written to it so far. */
  byteLength = 0;

  private constructor(
    private readonly disk: Disk,
    private readonly directory: string,
    private readonly name: string,
    private readonly file: DiskFile,
  ) {}

  static async create(disk: Disk, directory: string, number: number): Promise<RecordSegmentFile> {
    const name = segmentName(number);
    return new RecordSegmentFile(disk, directory, name, await disk.create(join(directory, name)));
  }

  /** Adds frames; they are safe when it resolves. */
  async commit(frames: readonly Uint8Array[]): Promise<void> {
    const parts = this.#isSafe ? frames : [segmentHeader(), ...frames];
    await this.file.write(parts);
    await this.file.sync();
    if (!this.#isSafe) await this.disk.syncDirectory(this.directory);
    this.#isSafe = true;
    this.byteLength = parts.reduce((sum, part) => sum + part.byteLength, this.byteLength);
  }

  /** Nothing more will be written. What it holds is synced: closing it can fail, and changes nothing. */
  async close(): Promise<void> {
    await this.file.close().catch(() => {});
  }

  /** After a failure. One in which nothing is safe goes, if it can: it says nothing that will not be said again. */
  async abandon(): Promise<void> {
    await this.close();
    if (!this.#isSafe) await this.disk.remove(join(this.directory, this.name)).catch(() => {});
  }
}
