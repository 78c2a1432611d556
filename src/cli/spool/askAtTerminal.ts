import { createInterface } from 'node:readline/promises';
import type { Ask } from './collectGarbage.js';

/** Asks whoever sits at the terminal; only a plain yes is one. Nothing when input or output is no terminal. */
export const askAtTerminal = (input: NodeJS.ReadStream, output: NodeJS.WriteStream): Ask => {
  if (!input.isTTY || !output.isTTY) return undefined;
  return async (question) => {
    const lines = createInterface({ input, output });
    // The end of the input is no answer, and would never come as one.
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    const answer = await Promise.race([lines.question(question), ended]);
    lines.close();
    return /^y(es)?$/i.test(answer.trim());
  };
};
