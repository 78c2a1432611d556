import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { filter, firstValueFrom, skip, timeout } from 'rxjs';
import { type ConnectOptions, connect } from '../../src/connect.js';
import type { Platform } from '../../src/delivery/platform.js';
import type { Frame } from '../../src/model/frame.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import type { SessionReport } from '../../src/model/sessionReport.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import type { Told } from './httpConservation.js';
import { type HttpRecord, type HttpRecordOptions, startHttpRecord } from './httpRecord.js';

/** Sessions of two frames a chunk, and nothing that takes long. */
export const asked = { fps: 1, rotationsPerMin: 0, chunkSize: 2, streamName: 'Growth run 42' };
export const KEY = 'the-key-of-the-lab';

/** A platform that remembers, spools, and what is connected to them: closed together. */
export class Lab {
  readonly #closing: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly record: HttpRecord,
    /** A spool. */
    readonly dir: string,
  ) {}

  static async open(options: HttpRecordOptions = {}): Promise<Lab> {
    const dir = await mkdtemp(join(tmpdir(), 'epistream-lab-'));
    const lab = new Lab(await startHttpRecord(options), join(dir, 'spool'));
    lab.#closing.push(() => rm(dir, { recursive: true, force: true }), lab.record.close);
    return lab;
  }

  /** Whoever is connected, with all that was told since; on the lab's spool, and impatient, unless said otherwise. */
  connect(options: ConnectOptions = {}): Connected {
    const platform = connect({
      endpoint: this.record.url,
      apiKey: KEY,
      retry: { baseMs: 20, capMs: 100 },
      spool: { dir: this.dir, minFreeBytes: 0 },
      ...options,
    });
    this.closes(() => platform.close({ deadlineMs: 0 }));
    return new Connected(platform, this.record);
  }

  /** The last that was opened is closed first. */
  closes(close: () => Promise<unknown>): void {
    this.#closing.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close();
  }

  /** The sessions in the spool. */
  spooled(): Promise<string[]> {
    return readdir(join(this.dir, 'sessions'));
  }

  /** A folder beside the spool. */
  beside(name: string): string {
    return join(this.dir, '..', name);
  }
}

/** A platform, and what it tells. */
export class Connected {
  readonly events: SessionEvent[] = [];

  constructor(
    readonly platform: Platform,
    private readonly record: HttpRecord,
  ) {
    platform.events$.subscribe((event) => this.events.push(event));
  }

  /** Resolves at the nth event of a type from now on. */
  until(type: SessionEvent['type'], count = 1): Promise<SessionEvent> {
    const nth$ = this.platform.events$.pipe(
      filter((event) => event.type === type),
      skip(count - 1),
    );
    return firstValueFrom(nth$.pipe(timeout({ first: 30_000 })));
  }

  /** For the oracle: all that was told here, and before by others. */
  told(frames: readonly Frame<'gray8'>[], earlier: readonly SessionEvent[] = []): Told {
    const events = [...earlier, ...this.events];
    const streams = this.record.streams.filter(({ name }) => name === asked.streamName);
    return { frames, chunkSize: asked.chunkSize, events, streams };
  }

  report(): SessionReport {
    const last = this.events.findLast((event) => event.type === 'closed' || event.type === 'gaveUp');
    if (last === undefined) throw new Error(`not over: ${this.events.map(({ type }) => type)}`);
    return last.report;
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }
}

/** Frames that tell each other apart, and do not compress. */
export const noisyFrames = (count: number, pixels = 10_000): Frame<'gray8'>[] =>
  Array.from({ length: count }, () => grayFrame({ width: pixels / 10, height: 10, data: randomBytes(pixels) }));

/** Runs the built command; its last line of JSON. */
export const epistream = async (...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/cli/main.js', ...args, '--json']);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
};
