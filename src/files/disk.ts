/** What a spool needs of a file system: the real one, or one in memory that loses power. Errors carry Node's `code`. */
export interface Disk {
  /** Makes a directory for its owner alone (0700) and those above it that are missing; their names survive a power cut when it resolves. */
  makeDirectory(path: string): Promise<void>;
  /** What is in a directory, in any order; links are listed as `other` and never followed. */
  list(path: string): Promise<readonly DiskEntry[]>;
  /** Makes a file for its owner alone (0600); fails with `EEXIST` when there is one. */
  create(path: string): Promise<DiskFile>;
  /** A file's bytes, or as many of a part of it as there are. Never follows a link. */
  read(path: string, part?: { readonly from: number; readonly bytes: number }): Promise<Uint8Array>;
  /** Gives a file or a directory another name, and replaces a file that has it. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; one that is not there is removed already. */
  remove(path: string): Promise<void>;
  /** Removes a directory with all that is in it; one that is not there is removed already. */
  removeTree(path: string): Promise<void>;
  /** Makes a file's bytes survive a power cut, whoever wrote them. */
  syncFile(path: string): Promise<void>;
  /** Makes the names in a directory survive a power cut. */
  syncDirectory(path: string): Promise<void>;
  /** Bytes that this user may still write on the file system of `path`. */
  freeBytes(path: string): Promise<number>;
}

/** One name in a directory. */
export interface DiskEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'other';
}

/** A file that is being written, from its beginning to its end. */
export interface DiskFile {
  /** Writes all the bytes, after those written before; one write at a time. After a failure nobody knows how many of them are there. */
  write(parts: readonly Uint8Array[]): Promise<void>;
  /** Makes the bytes survive a power cut. A failed sync must not be repeated on the same file: the system may have dropped them. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
