import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const program = `
  import { mkdirSync, rmdirSync } from 'node:fs';
  import { createInterface } from 'node:readline';
  import { lockDirectory } from './lockDirectory.js';

  const releases = [];
  const tryAt = async ({ directory, name, at }) => {
    while (Date.now() < at);
    const release = await lockDirectory(directory, name);
    if (release === undefined) return 'busy';
    releases.push(release);
    return 'mine';
  };
  const release = async () => {
    for (const letGo of releases.splice(0)) await letGo();
    return 'free';
  };
  const takeTurns = async ({ directory, inside, turns }) => {
    for (let taken = 0; taken < turns; ) {
      const release = await lockDirectory(directory);
      if (release === undefined) continue;
      mkdirSync(inside); // fails when another is inside
      taken += 1;
      rmdirSync(inside);
      await release();
    }
    return 'taken';
  };
  const answers = { tryAt, release, takeTurns };
  createInterface(process.stdin).on('line', async (line) => {
    const [ask, given] = JSON.parse(line);
    console.log(await answers[ask](given).catch((error) => error.stack));
  });
`;

/** Puts the lock, and a program that takes it, where a process can start it. */
export const writeContender = async (directory: string): Promise<string> => {
  const source = fileURLToPath(new URL('../../src/files/lockDirectory.ts', import.meta.url));
  const { code } = await transform(await readFile(source, 'utf8'), {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  });
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  await writeFile(join(directory, 'lockDirectory.js'), code);
  await writeFile(join(directory, 'contender.js'), program);
  return join(directory, 'contender.js');
};

/** A process that tries for locks when it is told to. */
export class Contender {
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  constructor(path: string) {
    this.#child = spawn(process.execPath, [path], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface(this.#child.stdout as NodeJS.ReadableStream);
  }

  /** Tries for a lock at a time (ms UTC) that lets all have heard: `mine` or `busy`. */
  tryAt(at: number, directory: string, name?: string): Promise<string> {
    return this.#ask('tryAt', { at, directory, name });
  }

  /** Lets go of all it has. */
  release(): Promise<string> {
    return this.#ask('release');
  }

  /** Goes in and out so many times, and answers `taken`, or how it met another inside. */
  takeTurns(turns: number, directory: string, inside: string): Promise<string> {
    return this.#ask('takeTurns', { turns, directory, inside });
  }

  async kill(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async #ask(ask: string, given: object = {}): Promise<string> {
    const answer = once(this.#lines, 'line');
    this.#child.stdin?.write(`${JSON.stringify([ask, given])}\n`);
    const [line] = await answer;
    return line;
  }
}
