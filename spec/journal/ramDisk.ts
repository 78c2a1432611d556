import { posix } from 'node:path';
import type { Disk, DiskEntry, DiskFile } from '../../src/files/disk.js';

type Step = 'create' | 'write' | 'sync' | 'close' | 'rename' | 'remove' | 'syncDirectory' | 'list' | 'read';

/** Bytes of a file: the first `synced` of them survive a power cut. */
class Inode {
  bytes: Uint8Array = new Uint8Array(0);
  synced = 0;
  /** A sync failed: the system has dropped what it was to write, and will call the next one a success. */
  hasLied = false;
}

const failure = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code });

const { dirname } = posix;

/** Paths come joined as on the system that the spec runs on. */
const plain = (path: string): string => path.replaceAll('\\', '/');

/** A disk in memory that counts, fails where it is told to, fills up, and loses power. */
export class RamDisk implements Disk {
  /** What was done, in order: `sync journal.000000`. */
  readonly calls: string[] = [];
  /** The code that a step fails with, if it is to fail; `nth` counts the steps of its kind from 1. */
  fails: (step: Step, nth: number, path: string) => string | undefined = () => undefined;
  /** What a step waits for. */
  waits: (step: Step) => Promise<unknown> | undefined = () => undefined;
  /** Bytes that still fit. */
  room = Number.POSITIVE_INFINITY;
  readonly #counts = new Map<Step, number>();
  readonly #directories = new Set<string>();

  constructor(
    readonly names = new Map<string, Inode>(),
    private readonly syncedNames = new Map(names),
  ) {
    for (const path of names.keys()) this.#directories.add(dirname(path));
  }

  /** How often a step was taken. */
  count(step: Step): number {
    return this.#counts.get(step) ?? 0;
  }

  bytesOf(path: string): Uint8Array {
    return this.names.get(plain(path))?.bytes ?? new Uint8Array(0);
  }

  /** Puts a file there, as if it had always been. */
  put(path: string, bytes: Uint8Array): void {
    const inode = Object.assign(new Inode(), { bytes, synced: bytes.byteLength });
    this.names.set(plain(path), inode);
    this.syncedNames.set(plain(path), inode);
    this.#directories.add(dirname(plain(path)));
  }

  /** What is there after a power cut: everything that was synced, and of the rest as much as `random` leaves, some of it as zeros. */
  afterPowerCut(random: () => number): RamDisk {
    const left = new Map<string, Inode>();
    for (const path of new Set([...this.names.keys(), ...this.syncedNames.keys()])) {
      const inode = (random() < 0.5 ? this.names : this.syncedNames).get(path);
      if (inode === undefined) continue;
      const bytes = inode.bytes.slice(0, inode.synced + Math.floor(random() * (inode.bytes.length - inode.synced + 1)));
      if (random() < 0.3) bytes.fill(0, inode.synced);
      left.set(path, Object.assign(new Inode(), { bytes, synced: bytes.byteLength }));
    }
    return new RamDisk(left);
  }

  async makeDirectory(path: string): Promise<void> {
    this.#directories.add(plain(path));
  }

  async list(directory: string): Promise<readonly DiskEntry[]> {
    const path = plain(directory);
    await this.#take('list', path);
    if (!this.#directories.has(path)) throw failure('ENOENT', path);
    const files = [...this.names.keys()].filter((name) => dirname(name) === path);
    const folders = [...this.#directories].filter((name) => dirname(name) === path && name !== path);
    return [
      ...folders.map((name) => ({ name: name.slice(path.length + 1), kind: 'directory' as const })),
      ...files.map((name) => ({ name: name.slice(path.length + 1), kind: 'file' as const })),
    ].reverse();
  }

  async create(file: string): Promise<DiskFile> {
    const path = plain(file);
    await this.#take('create', path);
    if (this.names.has(path) || this.#directories.has(path)) throw failure('EEXIST', path);
    const inode = new Inode();
    this.names.set(path, inode);
    return {
      write: (parts) => this.#write(inode, path, Buffer.concat(parts)),
      sync: () => this.#sync(inode, path),
      close: () => this.#take('close', path),
    };
  }

  async read(path: string, part?: { readonly from: number; readonly bytes: number }): Promise<Uint8Array> {
    await this.#take('read', path);
    const inode = this.names.get(plain(path));
    if (inode === undefined) throw failure('ENOENT', path);
    return part === undefined ? inode.bytes.slice() : inode.bytes.slice(part.from, part.from + part.bytes);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#take('rename', to);
    const inode = this.names.get(plain(from));
    if (inode === undefined) throw failure('ENOENT', from);
    this.names.delete(plain(from));
    this.names.set(plain(to), inode);
  }

  async remove(path: string): Promise<void> {
    await this.#take('remove', path);
    this.room += this.bytesOf(path).byteLength;
    this.names.delete(plain(path));
  }

  async removeTree(path: string): Promise<void> {
    for (const name of this.names.keys()) if (name.startsWith(`${plain(path)}/`)) this.names.delete(name);
  }

  async syncDirectory(path: string): Promise<void> {
    await this.#take('syncDirectory', path);
    for (const name of new Set([...this.names.keys(), ...this.syncedNames.keys()])) {
      const inode = this.names.get(name);
      if (dirname(name) !== plain(path)) continue;
      if (inode === undefined) this.syncedNames.delete(name);
      else this.syncedNames.set(name, inode);
    }
  }

  async freeBytes(): Promise<number> {
    return this.room;
  }

  async #write(inode: Inode, path: string, bytes: Uint8Array): Promise<void> {
    const code = await this.#take('write', path).catch(({ code }: { code: string }) => code);
    const fits = Math.min(code === undefined ? bytes.byteLength : bytes.byteLength >> 1, this.room);
    inode.bytes = Buffer.concat([inode.bytes, bytes.subarray(0, fits)]);
    this.room -= fits;
    if (code !== undefined || fits < bytes.byteLength) throw failure(code ?? 'ENOSPC', path);
  }

  async #sync(inode: Inode, path: string): Promise<void> {
    await this.#take('sync', path).catch((error: unknown) => {
      inode.hasLied = true;
      throw error;
    });
    if (!inode.hasLied) inode.synced = inode.bytes.byteLength;
  }

  async #take(step: Step, path: string): Promise<void> {
    const nth = this.count(step) + 1;
    this.#counts.set(step, nth);
    this.calls.push(`${step} ${posix.basename(plain(path))}`);
    await this.waits(step);
    const code = this.fails(step, nth, path);
    if (code !== undefined) throw failure(code, path);
  }
}
