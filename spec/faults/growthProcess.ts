import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LedgerLine } from './oracleLedger.mjs';

/** What a growth process is told to do. */
export interface Growth {
  readonly endpoint: string;
  readonly spool:
    | false
    | {
        readonly dir: string;
        readonly maxBytes?: number;
        readonly minFreeBytes?: number;
        readonly durability?: 'power-loss' | 'crash';
      };
  /** File of what was promised, outside of whatever fails. */
  readonly ledger?: string;
  /** What its streams' names begin with. */
  readonly name: string;
  /** How many, one after the other; `null` goes on until it is killed. Default 1. */
  readonly sessions?: number | null;
  readonly atOnce?: number;
  readonly chunks?: number;
  readonly framesPerChunk?: number;
  readonly width?: number;
  readonly height?: number;
  /** Between two chunks, ms. */
  readonly paceMs?: number;
  readonly budgetBytes?: number;
  /** Name of the one session. */
  readonly sessionId?: `${string}-${string}-${string}-${string}-${string}`;
  /** Has a session of its own before the others, so that what starts once has started. */
  readonly warmUp?: boolean;
  /** Leaves when the spool is empty: what others have left is delivered, too. */
  readonly drains?: boolean;
  /** When it stops waiting for its own end. Default 60,000. */
  readonly patienceMs?: number;
}

export interface GrowthProcess {
  readonly child: ChildProcess;
  /** When it has connected. */
  readonly ready: Promise<void>;
  /** What it printed when it had ended, by whatever cause. */
  readonly over: Promise<string>;
}

const program = fileURLToPath(new URL('growth.mjs', import.meta.url));

/** Starts a growth, by itself or under another command. */
export const startGrowth = (
  growth: Growth,
  { under = [], env = {} }: { under?: readonly string[]; env?: Record<string, string> } = {},
): GrowthProcess => {
  const [command = process.execPath, ...args] = [...under, process.execPath, program, JSON.stringify(growth)];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let printed = '';
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (text) => {
      printed += text;
      if (printed.includes('ready\n')) resolve();
    });
    child.once('exit', () => resolve()); // killed before
  });
  const over = once(child, 'close').then(() => {
    // What is killed has nothing to say, and what went well no more than a warning.
    if (child.exitCode !== null && child.exitCode > 0) console.error(`${growth.name}: ${said}`);
    return printed.replace('ready\n', '');
  });
  return { child, ready, over };
};

/** The whole lines of a ledger; the last may have been cut by its writer's death, and was then acted upon by nobody. */
export const readLedger = (file: string): LedgerLine[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
    : [];
