import type { Disk, DiskFile } from '../../src/files/disk.js';

/** What a disk and its open files can be asked for. */
export type DiskOperation = keyof Disk | keyof DiskFile;

/** An operation that fails. */
export interface DiskFailure {
  readonly kind: DiskOperation;
  /** Which one of its kind from now on, counted from 1; the default is the next. */
  readonly nth?: number;
  /** How many in a row. Default 1; `Infinity` until the disk heals. */
  readonly times?: number;
  readonly code: 'EIO' | 'ENOSPC' | 'EACCES' | 'EMFILE' | 'EROFS';
}

/** Awaited before each operation takes effect: whoever decides what comes next. */
export type Turn = (kind: DiskOperation, path: string) => Promise<void>;

export const failure = (code: string, kind: DiskOperation, path: string): Error =>
  Object.assign(new Error(`${code}: ${kind} '${path}'`), { code, syscall: kind, path });

/** What goes wrong on a model disk, and when. */
export class ModelFaults {
  /** How often each operation was asked for. */
  readonly asked = new Map<DiskOperation, number>();
  #failures: Required<DiskFailure>[] = [];
  #stepsLeft = Number.POSITIVE_INFINITY;
  #stopped = (): void => {};

  constructor(private readonly turn: Turn = () => Promise.resolve()) {}

  fail({ nth = 1, times = 1, kind, code }: DiskFailure): void {
    this.#failures.push({ nth: nth + (this.asked.get(kind) ?? 0), times, kind, code });
  }

  /** No failure that was asked for comes any more. */
  heal(): void {
    this.#failures = [];
  }

  /**
   * Resolves as the `nth` step from now (counted from 1) is due: neither it nor a later one is ever taken or answered, as if the
   * process had died. An operation is one step; `makeDirectory` and `removeTree` are one more for each name.
   */
  stopAt(nth: number): Promise<void> {
    this.#stepsLeft = nth - 1;
    return new Promise((resolve) => {
      this.#stopped = resolve;
    });
  }

  /** An operation begins: it has its turn, or fails. */
  async begin(kind: DiskOperation, path: string): Promise<void> {
    const count = (this.asked.get(kind) ?? 0) + 1;
    this.asked.set(kind, count);
    await this.step(kind, path);
    const due = this.#failures.find((each) => each.kind === kind && count >= each.nth && count < each.nth + each.times);
    if (due !== undefined) throw failure(due.code, kind, path);
  }

  async step(kind: DiskOperation, path: string): Promise<void> {
    await this.turn(kind, path);
    this.#stepsLeft -= 1;
    if (this.#stepsLeft >= 0) return;
    this.#stopped();
    await new Promise<never>(() => {});
  }
}
