import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { from, type Observable } from 'rxjs';
import type { Frame } from '../../src/model/frame.js';
import { piecesFromPython } from './python.js';

/** Real data where they are at hand. */
export const dataFolder = process.env.EPISTREAM_DATA || join('..', 'shared', 'data');

const name = join(dataFolder, 'derived', 'si111-pattern_x_sto-pld-trace');
const size = { width: 694, height: 518 };

/** A real pattern whose brightness follows a real growth: 600 frames, and what the mean of its specular spot truly is. */
export const growthVideo = {
  isThere: existsSync(`${name}_694x518_10fps.mp4`),
  fps: 10,
  startMs: 200,
  specular: { fromX: 357, toX: 381, fromY: 134, toY: 158 },

  frames: (): Observable<Frame<'gray8'>> => from(framesOf(`${name}_694x518_10fps.mp4`)),

  truth: (): readonly { readonly t: number; readonly value: number }[] => {
    const [header, ...rows] = readFileSync(`${name}_truth.csv`, 'utf8').trim().split(/\r?\n/);
    const [t, value] = ['t_s', 'specular_roi_mean_8bit'].map((column) => header!.split(',').indexOf(column));
    return rows
      .map((row) => row.split(',').map(Number))
      .map((row) => ({ t: Math.round(1000 * row[t!]!), value: row[value!]! }));
  },
};

async function* framesOf(video: string): AsyncGenerator<Frame<'gray8'>> {
  for await (const data of piecesFromPython('./video_frames.py', [video], size.width * size.height))
    yield { ...size, format: 'gray8', data };
}
