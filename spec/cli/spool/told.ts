import { jest } from '@jest/globals';
import { filter, interval, map, type Observable, take } from 'rxjs';
import type { ExitCode } from '../../../src/cli/exitCode.js';
import type { Line } from '../commandLine.js';

const printed = { stdout: '', stderr: '' };

/** Asks the command under way to stop as soon as it has said something. */
export const stopAt = (text: string): Observable<number> =>
  interval(20).pipe(
    filter(() => (printed.stdout + printed.stderr).includes(text)),
    map(() => 1),
    take(1),
  );

/** Runs a command in this process: its exit code, what it printed line by line, and what it complained of. */
export const told = async (command: () => Promise<ExitCode>) => {
  Object.assign(printed, { stdout: '', stderr: '' });
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      printed[name] += text;
      return true;
    }),
  );
  try {
    const code = await command();
    const text = printed.stdout.trimEnd().split('\n');
    const lines: Line[] = text.flatMap((line) => (line.startsWith('{') ? JSON.parse(line) : []));
    return { code, text, lines, last: lines.at(-1), complaint: printed.stderr };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
};
