import type { Disk, DiskEntry, DiskFile } from '../../src/files/disk.js';
import { type DiskOperation, failure, ModelFaults, type Turn } from './modelFaults.js';
import { ModelFile, type Random } from './modelFile.js';
import { type ModelDirectory, ModelNames, type ModelNode, newDirectory } from './modelNames.js';
import { openModelFile } from './openModelFile.js';

export interface ModelDiskOptions {
  /** Bytes of files that fit. Default: any number. */
  readonly capacity?: number;
  /** Default: a microtask. */
  readonly turn?: Turn;
}

interface Place {
  readonly directory: ModelDirectory;
  readonly name: string;
}

/**
 * A disk in memory that loses power as real ones do: what was not synced is there again, or in part, or not.
 *
 * Whatever it is asked for happens in one step, a turn after it was asked; only `makeDirectory` and `removeTree` take one for each
 * name. A crash leaves this disk to the dead process and gives another to the next.
 */
export class ModelDisk implements Disk {
  readonly faults: ModelFaults;
  /** May be changed: space comes and goes. */
  capacity: number;

  constructor(
    private readonly options: ModelDiskOptions = {},
    private readonly names = ModelNames.empty(),
  ) {
    this.faults = new ModelFaults(options.turn);
    this.capacity = options.capacity ?? Number.POSITIVE_INFINITY;
  }

  /**
   * The power is cut, and comes back: what was synced is there, and of the rest as much as luck has it. `() => 0` loses nothing,
   * `() => 0.99` all that can be lost.
   */
  crash(random: Random): ModelDisk {
    return new ModelDisk({ ...this.options, capacity: this.capacity }, this.names.afterPowerCut(random));
  }

  /** The process dies and the computer stays: the next one finds everything as it was seen. */
  kill(): ModelDisk {
    return new ModelDisk({ ...this.options, capacity: this.capacity }, this.names.copy());
  }

  /** Something that nobody has synced reaches the platter, if there is any. */
  writeback(random: Random): void {
    const dirty = filesIn(this.names.root).filter(({ isDirty }) => isDirty);
    if (this.names.areWaiting && (dirty.length === 0 || random() < 0.5)) this.names.writeBack(random);
    else dirty[Math.floor(random() * dirty.length)]?.writeBack(random);
  }

  /** Puts a file onto the platter, whatever was there, or what is neither file nor directory: a link, say. */
  plant(path: string, what: Uint8Array | 'other'): void {
    const names = namesOf(path);
    const name = names.pop() ?? '';
    let directory = this.names.root;
    for (const above of names) {
      const found = directory.seen.get(above);
      const next = found?.kind === 'directory' ? found : newDirectory();
      this.#keep({ directory, name: above }, next);
      directory = next;
    }
    this.#keep({ directory, name }, what === 'other' ? { kind: 'other' } : ModelFile.synced(what));
  }

  async makeDirectory(path: string): Promise<void> {
    await this.faults.begin('makeDirectory', path);
    let directory = this.names.root;
    let parent: ModelDirectory | undefined;
    let isNew = false;
    for (const name of namesOf(path)) {
      const found = directory.seen.get(name);
      if (found !== undefined && found.kind !== 'directory') throw failure('EEXIST', 'makeDirectory', path);
      // Of what is there, the last name may be one that its maker did not get to sync.
      if (found === undefined && !isNew && parent !== undefined) this.names.sync(parent);
      isNew ||= found === undefined;
      const next = found ?? newDirectory();
      if (found === undefined) {
        this.names.change({ directory, name, node: next });
        await this.faults.step('makeDirectory', path);
        this.names.sync(directory);
      }
      [parent, directory] = [directory, next];
    }
    if (!isNew && parent !== undefined) this.names.sync(parent);
  }

  async list(path: string): Promise<readonly DiskEntry[]> {
    await this.faults.begin('list', path);
    return [...this.#directory(path, 'list').seen].map(([name, { kind }]) => ({ name, kind }));
  }

  async create(path: string): Promise<DiskFile> {
    await this.faults.begin('create', path);
    const place = this.#place(path, 'create');
    if (place.directory.seen.has(place.name)) throw failure('EEXIST', 'create', path);
    const file = new ModelFile();
    this.names.change({ ...place, node: file });
    return openModelFile(file, path, this.faults, () => this.#free);
  }

  async read(path: string, part?: { readonly from: number; readonly bytes: number }): Promise<Uint8Array> {
    await this.faults.begin('read', path);
    const found = this.#find(path, 'read');
    if (found.kind !== 'file') throw failure(found.kind === 'other' ? 'ELOOP' : 'EISDIR', 'read', path);
    return part === undefined ? found.bytes : found.bytes.slice(part.from, part.from + part.bytes);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.faults.begin('rename', from);
    const node = this.#find(from, 'rename');
    const place = this.#place(to, 'rename');
    const replaced = place.directory.seen.get(place.name);
    if (replaced === node) return;
    if (replaced?.kind === 'directory') throw failure(replaced.seen.size > 0 ? 'ENOTEMPTY' : 'EISDIR', 'rename', to);
    if (replaced !== undefined && node.kind === 'directory') throw failure('ENOTDIR', 'rename', to);
    this.names.change(this.#place(from, 'rename'), { ...place, node });
  }

  async remove(path: string): Promise<void> {
    await this.faults.begin('remove', path);
    const found = lookUp(this.names.root, namesOf(path));
    if (found?.kind === 'directory') throw failure('EISDIR', 'remove', path);
    if (found !== undefined) this.names.change(this.#place(path, 'remove'));
  }

  async removeTree(path: string): Promise<void> {
    await this.faults.begin('removeTree', path);
    if (lookUp(this.names.root, namesOf(path)) !== undefined)
      await this.#removeAll(this.#place(path, 'removeTree'), path);
  }

  async syncFile(path: string): Promise<void> {
    const file = this.#find(path, 'sync');
    if (file.kind !== 'file') throw failure('EISDIR', 'sync', path);
    await this.faults.begin('sync', path).catch((error: unknown) => {
      file.dropDirty();
      throw error;
    });
    file.sync();
  }

  async syncDirectory(path: string): Promise<void> {
    await this.faults.begin('syncDirectory', path);
    this.names.sync(this.#directory(path, 'syncDirectory'));
  }

  async freeBytes(path: string): Promise<number> {
    await this.faults.begin('freeBytes', path);
    this.#find(path, 'freeBytes');
    return this.#free;
  }

  get #free(): number {
    const used = filesIn(this.names.root).reduce((sum, { byteLength }) => sum + byteLength, 0);
    return Math.max(0, this.capacity - used);
  }

  async #removeAll(place: Place, path: string): Promise<void> {
    const node = place.directory.seen.get(place.name);
    if (node?.kind === 'directory')
      for (const name of [...node.seen.keys()]) await this.#removeAll({ directory: node, name }, path);
    this.names.change(place);
    await this.faults.step('removeTree', path);
  }

  #keep(place: Place, node: ModelNode): void {
    this.names.change({ ...place, node });
    this.names.sync(place.directory);
  }

  #find(path: string, kind: DiskOperation): ModelNode {
    const found = lookUp(this.names.root, namesOf(path));
    if (found === undefined) throw failure('ENOENT', kind, path);
    return found;
  }

  #directory(path: string, kind: DiskOperation): ModelDirectory {
    const found = this.#find(path, kind);
    if (found.kind !== 'directory') throw failure(found.kind === 'other' ? 'ELOOP' : 'ENOTDIR', kind, path);
    return found;
  }

  #place(path: string, kind: DiskOperation): Place {
    const names = namesOf(path);
    const name = names.pop() ?? '';
    if (Buffer.byteLength(name) > 255) throw failure('ENAMETOOLONG', kind, path);
    const directory = lookUp(this.names.root, names);
    if (directory === undefined) throw failure('ENOENT', kind, path);
    if (directory.kind !== 'directory') throw failure('ENOTDIR', kind, path);
    return { directory, name };
  }
}

const namesOf = (path: string): string[] => path.split(/[\\/]/).filter((name) => name !== '');

const lookUp = (from: ModelNode, names: readonly string[]): ModelNode | undefined =>
  names.reduce<ModelNode | undefined>(
    (node, name) => (node?.kind === 'directory' ? node.seen.get(name) : undefined),
    from,
  );

const filesIn = (node: ModelNode): ModelFile[] => {
  if (node.kind === 'file') return [node];
  return node.kind === 'directory' ? [...node.seen.values()].flatMap(filesIn) : [];
};
