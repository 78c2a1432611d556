import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Contender, writeContender } from './contender.js';

const races = Number(process.env.EPISTREAM_RACES ?? 20);
let top: string;
let program: string;
let contenders: Contender[];

beforeAll(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), 'epistream-races-')));
  program = await writeContender(join(top, 'program'));
  contenders = Array.from({ length: 3 }, () => new Contender(program));
});
afterAll(async () => {
  for (const contender of contenders) await contender.kill();
  await rm(top, { recursive: true });
});

/** All at once, as far as two cores can. */
const race = (directory: string, name: string): Promise<string[]> => {
  const at = Date.now() + 5;
  return Promise.all(contenders.map((contender) => contender.tryAt(at, directory, name)));
};

describe('Processes that race for a lock', () => {
  it(`find exactly one owner each time, also after the last was killed or let go (${races} races)`, async () => {
    const directory = join(top, 'sessions');
    await mkdir(directory);
    for (let k = 0; k < races; k += 1) {
      const found = await race(directory, 'growth');
      expect([k, ...found.toSorted()]).toEqual([k, 'busy', 'busy', 'mine']);
      expect(await race(directory, 'growth')).toEqual(['busy', 'busy', 'busy']);
      const owner = found.indexOf('mine');
      if (k % 4 === 3) {
        await contenders[owner]?.kill();
        contenders[owner] = new Contender(program);
      } else {
        expect(await contenders[owner]?.release()).toBe('free');
      }
    }
  }, 600_000);

  it('are never in it together while it changes hands', async () => {
    const directory = join(top, 'turns');
    await mkdir(directory);
    const inside = join(top, 'inside');
    const answers = await Promise.all(contenders.map((contender) => contender.takeTurns(races * 5, directory, inside)));
    expect(answers).toEqual(contenders.map(() => 'taken'));
  }, 600_000);

  it('may end with a lock that they have', async () => {
    const holder = join(dirname(program), 'holder.js');
    await writeFile(
      holder,
      `import { lockDirectory } from './lockDirectory.js'; await lockDirectory(process.argv[2]);`,
    );
    const child = spawn(process.execPath, [holder, join(top, 'program')], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('are not one when they are workers of a cluster', async () => {
    const workers = join(dirname(program), 'cluster.js');
    await writeFile(workers, clusterProgram);
    const primary = spawn(process.execPath, [workers, top], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [found] = await once(primary.stdout, 'data');
    await once(primary, 'exit');
    expect(JSON.parse(String(found)).toSorted()).toEqual(['busy', 'mine']);
  });
});

const clusterProgram = `
  import cluster from 'node:cluster';
  import { once } from 'node:events';
  import { lockDirectory } from './lockDirectory.js';

  if (cluster.isPrimary) {
    const workers = [cluster.fork(), cluster.fork()];
    const found = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
    console.log(JSON.stringify(found));
    for (const worker of workers) worker.process.kill();
  } else {
    const release = await lockDirectory(process.argv[2]);
    process.send(release === undefined ? 'busy' : 'mine');
  }
`;
