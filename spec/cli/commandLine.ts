import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { firstValueFrom, ReplaySubject, takeWhile, toArray } from 'rxjs';

/** A line that a command printed with `--json`. */
export interface Line {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** A run of the built command, in a process of its own; with a spool of its own, when it is given none. */
export class CommandLine {
  readonly lines$ = new ReplaySubject<Line>();
  readonly exited: Promise<number | null>;
  complaint = '';
  readonly #child: ChildProcess;

  constructor(...args: string[]) {
    const { AS_API_KEY: _, AS_API_ENDPOINT: __, ...env } = process.env;
    const spool = mkdtempSync(join(tmpdir(), 'epistream-spool-'));
    this.#child = spawn(process.execPath, ['dist/cli/main.js', ...args], {
      env: { ...env, EPISTREAM_SPOOL_DIR: spool },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines = createInterface({ input: this.#child.stdout! });
    lines.on('line', (line) => this.lines$.next(line.startsWith('{') ? JSON.parse(line) : { event: 'text', line }));
    this.#child.stderr!.on('data', (text) => {
      this.complaint += text;
    });
    this.exited = new Promise((resolve) => this.#child.on('close', resolve));
    void this.exited.then(() => {
      rmSync(spool, { recursive: true });
      this.lines$.complete();
    });
  }

  /** The first line of that event. */
  async line(event: string): Promise<Line> {
    const lines = await firstValueFrom(
      this.lines$.pipe(
        takeWhile((line) => line.event !== event, true),
        toArray(),
      ),
    );
    const found = lines.at(-1);
    if (found?.event !== event) throw new Error(`no ${event} in ${JSON.stringify(lines)}; ${this.complaint}`);
    return found;
  }

  /** Exit code and last line. */
  async end(): Promise<{ readonly code: number | null; readonly last: Line | undefined; readonly complaint: string }> {
    const lines = await firstValueFrom(this.lines$.pipe(toArray()));
    return { code: await this.exited, last: lines.at(-1), complaint: this.complaint };
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** A second request, later than an echo of the first would come. */
  async signalAgain(name: NodeJS.Signals): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 300));
    this.signal(name);
  }
}
