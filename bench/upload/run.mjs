// What the processes of a bench share: the run that they are asked for, its frames, and what they say on their last line.
import { readFileSync } from 'node:fs';

const { spool, durability, ...asked } = JSON.parse(process.argv[2]);

/** As the caller names it. */
export const run = asked;

/** As `connect` takes it: a folder that the caller removes, or none at all. Never the user's own. */
export const spoolOption = durability === 'memory' ? false : { dir: spool, durability };

export const now = () => performance.timeOrigin + performance.now();

/** As many frames as the run has, out of those that differ. */
export const framesOf = ({ file, width, height, distinct, chunkSize, chunks }) => {
  const pixels = readFileSync(file);
  const frameBytes = width * height;
  const pictures = Array.from({ length: distinct }, (_, k) => pixels.subarray(k * frameBytes, (k + 1) * frameBytes));
  return (function* () {
    for (let k = 0; k < chunks * chunkSize; k++) yield { format: 'gray8', width, height, data: pictures[k % distinct] };
  })();
};

/** Begins to measure; what it returns says how long it took, what it cost, and what the process held at most. */
export const measuring = () => {
  const before = { at: now(), cpu: process.cpuUsage(), rss: process.memoryUsage.rss() };
  return (more = {}) => {
    const cpu = process.cpuUsage(before.cpu);
    const measured = {
      wallMs: now() - before.at,
      cpuMs: (cpu.user + cpu.system) / 1e3,
      rss: process.resourceUsage().maxRSS * 1024,
      rssBefore: before.rss,
    };
    console.log(JSON.stringify({ ...measured, ...more }));
  };
};
