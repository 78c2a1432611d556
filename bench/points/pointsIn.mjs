// Looks at what came of a stream: each point once, with its value in its place, and how long it took when its time says.
import { instrumentValue } from './points.mjs';

/** Points that came, those before the stream was ended, those in a wrong place, and the wait from each one's time to its coming, ms. */
export const pointsIn = ({ sent, pointsPerChunk, endedAt }) => {
  const had = new Map();
  const found = { requests: sent.length, points: 0, beforeEnd: 0, wrong: 0, waits: [] };
  for (const { at, body } of sent)
    for (const [name, index, { timestamps, values }] of channelsOf(JSON.parse(body.toString()))) {
      const place = `${name} ${index}`;
      const known = had.get(place) ?? 0;
      had.set(place, Math.max(known, values.length));
      const first = index * pointsPerChunk;
      found.wrong += values.filter(
        (value, j) => value !== instrumentValue(Number(name.split(' ')[1]), first + j),
      ).length;
      const fresh = timestamps.slice(known);
      found.points += fresh.length;
      if (endedAt === undefined || at < endedAt) found.beforeEnd += fresh.length;
      for (const t of fresh) found.waits.push(at - 1000 * t);
    }
  return found;
};

const channelsOf = ({ chunk_index: index, channel_name: name, channels, ...points }) =>
  channels === undefined
    ? [[name, index, points]]
    : Object.entries(channels).map(([channel, one]) => [channel, index, one]);
