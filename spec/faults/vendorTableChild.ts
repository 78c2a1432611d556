import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { filter, firstValueFrom, lastValueFrom, ReplaySubject, skip, timeout, toArray } from 'rxjs';

/** A run of `vendorTableProcess.mjs`. */
export interface ProcessOptions {
  readonly endpoint: string;
  readonly dir: string;
  readonly frames: number;
}

/** A line that it prints: a chunk, and what has become of it. */
export interface ProcessLine {
  readonly type: 'durable' | 'delivered';
  readonly chunk: number;
}

/** A process, and what it prints. */
export interface Child {
  /** Resolves at its nth line of a type. */
  line(type: ProcessLine['type'], count: number): Promise<ProcessLine>;
  /** All lines, once it is gone. */
  readonly ended: Promise<readonly ProcessLine[]>;
  kill(): void;
}

/** Starts one, `under` another command when there is one. */
export const startChild = ({ endpoint, dir, frames }: ProcessOptions, under: readonly string[] = []): Child => {
  const script = fileURLToPath(new URL('vendorTableProcess.mjs', import.meta.url));
  const [command = '', ...args] = [...under, process.execPath, script, endpoint, dir, `${frames}`];
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines$ = new ReplaySubject<ProcessLine>();
  createInterface({ input: child.stdout! })
    .on('line', (line) => lines$.next(JSON.parse(line)))
    .on('close', () => lines$.complete());
  return {
    line: (type, count) =>
      firstValueFrom(
        lines$.pipe(
          filter((line) => line.type === type),
          skip(count - 1),
          timeout({ first: 30_000 }),
        ),
      ),
    ended: lastValueFrom(lines$.pipe(toArray())),
    kill: () => void child.kill('SIGKILL'),
  };
};
