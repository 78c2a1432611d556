import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LedgerLine } from './oracleLedger.mjs';

/** A spool to connect to at a moment; without one, let go of the last. */
export interface Order {
  readonly endpoint: string;
  readonly dir?: string;
  readonly at: number;
}

/** A process that takes over what it can get. */
export interface Contender {
  order(order: Order): void;
  /** What it told since it was asked the last time. */
  told(): readonly LedgerLine[];
  /** Lets go of its spool; resolves when it has. */
  leave(): Promise<void>;
  close(): void;
}

export const startContender = async (): Promise<Contender> => {
  const child = fork(fileURLToPath(new URL('ownersContender.mjs', import.meta.url)), { execArgv: [] });
  let told: LedgerLine[] = [];
  let left = () => {};
  const hasLeft = () =>
    new Promise<void>((resolve) => {
      left = resolve;
    });
  child.on('message', (message: { type: 'left' } | { type: 'told'; line: LedgerLine }) => {
    if (message.type === 'left') left();
    else told.push(message.line);
  });
  await hasLeft();
  return {
    order: (order) => child.send(order),
    told: () => {
      const since = told;
      told = [];
      return since;
    },
    leave: () => {
      const leaving = hasLeft();
      child.send({ endpoint: '', at: 0 } satisfies Order);
      return leaving;
    },
    close: () => child.disconnect(),
  };
};
