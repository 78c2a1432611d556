import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Disk } from '../../src/files/disk.js';
import { nodeDisk } from '../../src/files/nodeDisk.js';
import { SpoolError } from '../../src/model/errors.js';
import { removeFromSpool, removeLeftover } from '../../src/spool/spoolRemoval.js';
import { spoolSessions } from '../../src/spool/spoolSessions.js';
import { keptRun, keptSpool, placeAt, startRun } from '../cli/spool/keptRun.js';

let root: string;
beforeEach(async () => {
  root = await keptSpool();
});
const only = async () => (await spoolSessions(placeAt(root)))[0]!;
const always = () => true;

/** A disk that writes down what is asked of it, and fails at `failing`. */
const spying = (failing?: keyof Disk): { disk: Disk; steps: string[] } => {
  const [real, steps] = [nodeDisk(), [] as string[]];
  const spied = (name: 'rename' | 'syncDirectory' | 'removeTree') => async (path: string, to: string) => {
    steps.push(name);
    if (name === failing) throw new Error('the power is gone');
    return real[name](path, to);
  };
  return {
    disk: {
      ...real,
      rename: spied('rename'),
      syncDirectory: spied('syncDirectory') as Disk['syncDirectory'],
      removeTree: spied('removeTree') as Disk['removeTree'],
    },
    steps,
  };
};

describe('removing a session', () => {
  it('takes all of it, and nothing beside it', async () => {
    await keptRun(root, { streamName: 'other' });
    const { id } = await only();
    await removeFromSpool(placeAt(root), id, always);
    const left = await spoolSessions(placeAt(root));
    expect(left.map(({ contents }) => contents.asked?.options.streamName)).toEqual(['other']);
    expect(readdirSync(join(root, 'sessions'))).toEqual([left[0]?.id]);
  });

  it('gives it another name, for good, before anything in it goes', async () => {
    const { disk, steps } = spying();
    await removeFromSpool({ ...placeAt(root), disk }, (await only()).id, always);
    expect(steps).toEqual(['rename', 'syncDirectory', 'removeTree']);
  });

  it.each([
    ['rename', 1, 0],
    ['removeTree', 0, 1],
  ] as const)('leaves it whole or gone when it is cut off at %s', async (failing, whole, gone) => {
    const { disk } = spying(failing);
    const { id } = await only();
    await expect(removeFromSpool({ ...placeAt(root), disk }, id, always)).rejects.toThrow('the power is gone');
    const sessions = await spoolSessions(placeAt(root));
    expect(sessions).toHaveLength(whole);
    expect(sessions.map(({ contents, isRunning }) => [contents.report.kept, isRunning])).toEqual(
      whole ? [[25, false]] : [],
    );
    const leftovers = readdirSync(join(root, 'sessions')).filter((name) => name.endsWith('.gone'));
    expect(leftovers).toHaveLength(gone);
    for (const name of leftovers) await removeLeftover(placeAt(root), name);
    expect(readdirSync(join(root, 'sessions'))).toHaveLength(whole);
  });

  it('does not touch what a process has', async () => {
    const platform = await startRun(root, { streamName: 'running' });
    const running = (await spoolSessions(placeAt(root))).find(({ isRunning }) => isRunning);
    await expect(removeFromSpool(placeAt(root), running!.id, always)).rejects.toThrow(SpoolError);
    expect(existsSync(join(root, 'sessions', running!.id, 'chunks', '0.chunk'))).toBe(true);
    await platform.close({ deadlineMs: 0 });
  });

  it('asks again when nobody else can have it, and gives it back if it is not wanted', async () => {
    const { id } = await only();
    const seen: number[] = [];
    const unwanted = removeFromSpool(placeAt(root), id, ({ contents, isRunning }) => {
      seen.push(contents.report.kept, Number(isRunning));
      return false;
    });
    await expect(unwanted).rejects.toThrow('has changed in the meantime');
    expect(seen).toEqual([25, 0]);
    expect((await only()).isRunning).toBe(false);
  });

  it('is content with what is gone already', async () => {
    mkdirSync(join(root, 'sessions'), { recursive: true });
    await removeFromSpool(placeAt(root), '44444444-4444-4444-8444-444444444444' as never, () => false);
  });
});
