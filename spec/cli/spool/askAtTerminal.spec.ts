import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { askAtTerminal } from '../../../src/cli/spool/askAtTerminal.js';

const terminal = (isTTY = true) => Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.ReadStream;

const ask = async (answer: string | undefined) => {
  const [input, output] = [terminal(), terminal()];
  const answered = askAtTerminal(input, output as unknown as NodeJS.WriteStream)?.('Remove it? [y/N] ');
  if (answer === undefined) (input as unknown as PassThrough).end();
  else (input as unknown as PassThrough).write(`${answer}\n`);
  return answered;
};

describe('askAtTerminal', () => {
  it.each(['y', 'Y', 'yes', ' yes '])('takes %j for a yes', async (answer) => {
    expect(await ask(answer)).toBe(true);
  });

  it.each(['', 'n', 'yesterday', 'j', undefined])('takes %j for a no', async (answer) => {
    expect(await ask(answer)).toBe(false);
  });

  it('asks nobody where there is no terminal', () => {
    const output = terminal(false) as unknown as NodeJS.WriteStream;
    expect(askAtTerminal(terminal(), output)).toBeUndefined();
    expect(askAtTerminal(terminal(false), terminal() as unknown as NodeJS.WriteStream)).toBeUndefined();
  });
});
