import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromImages, paceAt, rheedSink, toGray8 } from 'epistream';
import { local } from 'epistream/server';
import { tap } from 'rxjs';
import sharp from 'sharp';
import { path } from './root.mjs';

// Draws docs/run.svg from the events of a real run: `npm run build`, then `npm run picture`.
const fps = 10;
const samples = path('samples/xrheed-sb-deposition');
/** @typedef {import('epistream').Frame<'gray8'>} Frame */

/** Streams the sample frames and notes when each left the pace, and when each event came, in ms from the first frame. */
const watchRun = async () => {
  const dir = mkdtempSync(join(tmpdir(), 'epistream-picture-'));
  const platform = await local({ dir });
  const run = {
    /** @type {{ frame: Frame, at: number }[]} */ frames: [],
    /** @type {{ event: import('epistream').SessionEvent, at: number }[]} */ events: [],
  };
  let began = 0;
  await fromImages(samples)
    .pipe(
      toGray8(),
      paceAt(fps),
      tap((frame) => {
        began ||= performance.now();
        run.frames.push({ frame, at: performance.now() - began });
      }),
      rheedSink(platform, { fps, rotationsPerMin: 0, chunkSize: 2 * fps, streamName: 'A run' }),
    )
    .forEach((event) => run.events.push({ event, at: performance.now() - began }));
  await platform.close();
  rmSync(dir, { recursive: true });
  return run;
};

const width = 960;
const left = 84;
const x = (/** @type {number} */ ms) => Math.round((left + ms * 0.245) * 10) / 10;
const ink = { text: '#1f2328', quiet: '#59636e', line: '#d0d7de', chunks: ['#0969da', '#8250df'], done: '#1a7f37' };
const rows = { images: 24, frames: 142, chunks: 186, platform: 248 };

/** The part with the pattern, and one gain for all: reflections are a small and dim part of a frame. */
const look = { left: 510, top: 90, width: 440, height: 330, gain: 2.4 };

/** @param {Frame} frame @param {number} at */
const thumbnail = async ({ data, width, height }, at) => {
  const jpeg = await sharp(data, { raw: { width, height, channels: 1 } })
    .extract(look)
    .resize(112, 84)
    .linear(look.gain, 0)
    .jpeg({ quality: 60 })
    .toBuffer();
  return `<image x="${x(at)}" y="${rows.images}" width="112" height="84" href="data:image/jpeg;base64,${jpeg.toString('base64')}"/>
  <path d="M${x(at)} ${rows.images + 84}V${rows.frames - 8}" stroke="${ink.line}"/>`;
};

/** @param {number} at @param {number} y @param {string} text @param {{ fill?: string, anchor?: string, size?: number }} [style] */
const label = (at, y, text, { fill = ink.quiet, anchor = 'middle', size = 12 } = {}) =>
  `<text x="${at}" y="${y}" fill="${fill}" font-size="${size}" text-anchor="${anchor}">${text}</text>`;

/** @param {number} at @param {number} y @param {string} fill @param {number} [radius] */
const marble = (at, y, fill, radius = 5) => `<circle cx="${x(at)}" cy="${y}" r="${radius}" fill="${fill}"/>`;

const { frames, events } = await watchRun();
/** @param {string} type */
const timesOf = (type) => events.filter(({ event }) => event.type === type).map(({ at }) => at);
const [opened = 0] = timesOf('opened');
const [closed = 0] = timesOf('closed');
const delivered = timesOf('delivered');
const groups = delivered.map((_, chunk) => frames.slice(chunk * 2 * fps, (chunk + 1) * 2 * fps));
const colourOf = (/** @type {number} */ chunk) => ink.chunks[chunk % ink.chunks.length] ?? ink.text;

const marbles = groups.flatMap((group, chunk) => group.map(({ at }) => marble(at, rows.frames, colourOf(chunk))));
const bars = groups.map((group, chunk) => {
  const [from, to] = [x(group[0]?.at ?? 0) - 5, x(group.at(-1)?.at ?? 0) + 5];
  const middle = (from + to) / 2;
  return `<rect x="${from}" y="${rows.chunks - 12}" width="${to - from}" height="24" rx="4" fill="${colourOf(chunk)}"/>
  ${label(middle, rows.chunks + 4, group.length > 9 ? `chunk ${chunk}: ${group.length} frames, one shard` : `chunk ${chunk}: ${group.length}`, { fill: '#fff' })}`;
});
const arrows = delivered.map((at, chunk) => {
  const last = groups[chunk]?.at(-1)?.at ?? 0;
  return `<path d="M${x(last)} ${rows.chunks + 12}L${x(at)} ${rows.platform - 8}" stroke="${colourOf(chunk)}" stroke-width="1.5"/>
  ${marble(at, rows.platform, ink.done, 6)}
  ${label(x(at) - 10, rows.platform + 24, `delivered +${Math.round(at - last)} ms`, { fill: ink.done, anchor: 'end' })}`;
});
const images = await Promise.all(
  frames.filter((_, index) => (index % fps) % 5 === 0).map(({ frame, at }) => thumbnail(frame, at)),
);
const lane = (/** @type {number} */ y) => `<path d="M${left - 8} ${y}H${width - 24}" stroke="${ink.line}"/>`;

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} 292" font-family="system-ui, -apple-system, 'Segoe UI', sans-serif">
  <title>A run of ${frames.length} RHEED frames at ${fps} frames a second</title>
  <rect x="0.5" y="0.5" width="${width - 1}" height="291" rx="8" fill="#fff" stroke="${ink.line}"/>
  ${[rows.frames, rows.chunks, rows.platform].map(lane).join('\n  ')}
  ${label(16, rows.frames + 4, 'frames', { anchor: 'start' })}
  ${label(16, rows.chunks + 4, 'chunks', { anchor: 'start' })}
  ${label(16, rows.platform + 4, 'platform', { anchor: 'start' })}
  ${images.join('\n  ')}
  ${marbles.join('\n  ')}
  ${bars.join('\n  ')}
  ${marble(opened, rows.platform, ink.text)}
  ${label(x(opened) + 2, rows.platform + 24, 'opened', { anchor: 'start', fill: ink.text })}
  ${arrows.join('\n  ')}
  <path d="M${x(closed) + 12} ${rows.platform - 9}V${rows.platform + 9}" stroke="${ink.text}" stroke-width="2"/>
  ${label(x(closed) + 20, rows.platform - 6, `closed: ${frames.length} of ${frames.length}`, { anchor: 'start', fill: ink.text })}
</svg>
`;
writeFileSync(path('docs/run.svg'), svg);
console.log(`docs/run.svg: ${events.map(({ event }) => event.type).join(' ')}`);
