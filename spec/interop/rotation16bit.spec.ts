import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLine } from '../cli/commandLine.js';
import { runPython } from './python.js';

/** The whole frames, 13 MB, where they are at hand; what is in the repository is the part of them with the pattern. */
const wholeFrames = join(process.env.EPISTREAM_DATA || join('..', 'shared', 'data'), 'xrheed-si111-7x7-rotation-16bit');
const runs = [
  { what: 'cropped', images: join('spec', 'fixtures', 'rotation16bit'), shape: [7, 200, 320] },
  { what: 'whole', images: wholeFrames, shape: [7, 1038, 1388] },
].filter(({ images }) => existsSync(images));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epistream-interop-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('zarr-python', () => {
  it.each(runs)(
    'reads seven $what 16-bit frames from the local platform as numpy converts them, in every pixel',
    async ({ images, shape }) => {
      const platform = new CommandLine('serve', '--port', '0', '--data', folder, '--json');
      try {
        const { url } = await platform.line('listening');
        const run = new CommandLine(
          ...['stream', images, '--fps', '2', '--rpm', '1', '--window', '0:65535', '--no-pace', '--json'],
          ...['--start', '2026-03-01T14:30:00+01:00', '--endpoint', url as string],
        );
        const { dataId } = await run.line('opened');
        const { code, last } = await run.end();
        expect([code, last?.delivered]).toEqual([0, 7]);
        const compared = await runPython('./rotation16bit.py', [images, join(folder, dataId as string, 'frames.zarr')]);
        expect(compared).toEqual({
          kind: 'uint16',
          range: [0, 65_504],
          shape,
          different: 0,
          steps: [0.5],
          start: Date.UTC(2026, 2, 1, 13, 30) / 1000,
        });
      } finally {
        platform.signal('SIGKILL');
        await platform.exited;
      }
    },
    300_000,
  );
});
