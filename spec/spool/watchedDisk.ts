import { posix } from 'node:path';
import { firstValueFrom, timer } from 'rxjs';
import type { Clock } from '../../src/flow/clock.js';
import { ModelDisk } from '../files/modelDisk.js';
import { type DiskOperation, failure } from '../files/modelFaults.js';

const looks: ReadonlySet<DiskOperation> = new Set(['list', 'read', 'freeBytes']);

/** What is wrong with a disk. */
export interface Illness {
  /** Operations that fail, by their number of their kind, from 0. */
  readonly faults: readonly (readonly [string, number])[];
  /** After so many operations none succeeds: each fails, or is never answered. */
  readonly crash: number;
  readonly isSilent: boolean;
  readonly syncMs: number;
  readonly clock: Clock;
}

/** A disk in memory that tells what was done to it, and holds up or fails what it is told to. */
export class WatchedDisk extends ModelDisk {
  /** What was done but looking, in order: `sync journal.000000`. */
  readonly calls: string[] = [];
  /** The code that an operation fails with, if it is to fail; `nth` counts those of its kind from 1. */
  fails: (kind: DiskOperation, nth: number, name: string) => string | undefined = () => undefined;
  /** What an operation waits for. */
  waits: (kind: DiskOperation) => Promise<unknown> | undefined = () => undefined;

  constructor(files: Readonly<Record<string, Uint8Array>> = {}) {
    super({ capacity: 1e9, turn: (kind, path) => this.#turn(kind, path) });
    this.plant('/s/asked', new Uint8Array(0));
    for (const [name, bytes] of Object.entries(files)) this.plant(`/s/${name}`, bytes);
  }

  heal(): void {
    this.fails = () => undefined;
    this.waits = () => undefined;
  }

  /** From now on it has these troubles. */
  sicken({ faults, crash, isSilent, syncMs, clock }: Illness): void {
    const counts = new Map<string, number>();
    let calls = 0;
    this.waits = (kind) => {
      if (calls++ >= crash && isSilent) return new Promise(() => {});
      return kind === 'sync' && syncMs > 0 ? firstValueFrom(timer(syncMs, clock.scheduler)) : undefined;
    };
    this.fails = (kind) => {
      const nth = counts.get(kind) ?? 0;
      counts.set(kind, nth + 1);
      return calls > crash || faults.some(([one, at]) => one === kind && at === nth) ? 'EIO' : undefined;
    };
  }

  count(kind: DiskOperation): number {
    return this.faults.asked.get(kind) ?? 0;
  }

  /** The names in a directory, but for `asked`. */
  async namesIn(directory = '/s'): Promise<string[]> {
    const entries = await this.list(directory);
    return entries.flatMap(({ name }) => (name === 'asked' ? [] : name)).sort();
  }

  /** From now on so many bytes fit. */
  async leave(room: number): Promise<void> {
    this.capacity += room - (await this.freeBytes('/'));
  }

  async #turn(kind: DiskOperation, path: string): Promise<void> {
    const name = posix.basename(path.replaceAll('\\', '/'));
    if (!looks.has(kind)) this.calls.push(`${kind} ${name}`);
    await this.waits(kind);
    const code = this.fails(kind, this.count(kind), name);
    if (code !== undefined) throw failure(code, kind, path);
  }
}
