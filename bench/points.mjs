// A session of instrument channels, against the platform vendor's released Python client.
//
//   npm run build && node bench/points.mjs [pairs] [points] [live rounds]      (default 5 200000 3)
//
// The Python is EPISTREAM_INTEROP_PYTHON, else that of `.interop/`; it needs atomscale.
//
// First, as fast as it goes: chunks of 100 points over 20 channels, pushed by `TimeseriesStreamer` of both sides. Ours with its spool and
// without; theirs by `run`, channel after channel, which waits for its requests, and by `push` and `finalize`, which do not: for that one
// see how many points came. Prints ours / theirs by `run` as median / least / most of turns A B C D A B …; below 1 is in our favour.
// Every point of ours, and of theirs by `run`, has to come once and in its place. Each session is a fresh process that has its points in
// lists before it begins, in the order it sends them; counted is the session alone, from the constructor to the end of `finalize` (ours
// to the end of the platform as well). Processor time is that of all threads, for a session of one chunk a channel and for each million
// points beyond. The server keeps what comes and looks at it afterwards. Theirs keeps nothing on a disk, ours syncs every chunk.
//
// Then live: 20 channels with a sample a second, ours through `timeseriesSink` with its spool and without, theirs by `push_multi` every 10
// seconds, which is how late ours lets a slow channel be; all three at once, for they idle. Counted is a stretch of 20 s which neither
// begins nor ends the session, and in which every channel is sent twice.
import { tmpdir } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { call, callNode, path, startReceiver, withFolder } from './sessions.mjs';
import { quantile, spread } from './spread.mjs';

const [pairs = '5', points = '200000', liveRounds = '3'] = process.argv.slice(2);
const venvPython = process.platform === 'win32' ? '../.interop/Scripts/python.exe' : '../.interop/bin/python';
const python = process.env.EPISTREAM_INTEROP_PYTHON || path(venvPython);
const receiver = await startReceiver('points/receiver.mjs');
const [channels, pointsPerChunk] = [20, 100];

const ours = (durability, program) => (run) =>
  withFolder(tmpdir(), (spool) => callNode(program, JSON.stringify({ ...run, durability, spool })));
const theirs = (by) => (run) => call(python, [path('points/theirs.py'), JSON.stringify({ ...run, call: by })]);

const pushing = {
  ours: ours('power-loss', 'points/ours.mjs'),
  memory: ours('memory', 'points/ours.mjs'),
  run: theirs('run'),
  push: theirs('push'),
};

/** One session: what the client says of itself, and the server of it. */
const session = async (name, chunks) => {
  const run = { endpoint: receiver.url, streamName: name, channels, chunks, pointsPerChunk };
  const said = await pushing[name](run);
  if (name === 'push') await wait(500); // what is still on its way
  const { bytes, streams } = await receiver.ask('report');
  const got = streams[name];
  const asked = channels * chunks * pointsPerChunk;
  if (got.wrong > 0 || (name !== 'push' && got.beforeEnd !== asked))
    throw new Error(`${name}: ${got.beforeEnd} of ${asked} points came before the end, ${got.wrong} in a wrong place`);
  return { ...said, ...got, bytes, asked, growth: said.rss - said.rssBefore };
};

/** A session, and one of a chunk a channel before it: what the second costs more is the price of points. */
const sessionAfterShort = async (name) => {
  const short = await session(name, 1);
  const long = await session(name, Math.ceil(Number(points) / channels / pointsPerChunk));
  const cpuPerMillion = ((long.cpuMs - short.cpuMs) * 1e3) / (long.asked - short.asked);
  return { ...long, startMs: short.cpuMs, cpuPerMillion };
};

const column = (results, name, of) => results.map((result) => of(result[name]));

const row = (results, name, of, unit, digits = 2) => {
  const others = column(results, 'run', of);
  for (const who of ['ours', 'memory']) {
    const all = column(results, who, of);
    const ratios = spread(all.map((value, k) => value / others[k]));
    const title = who === 'ours' ? name : '  without a spool';
    console.log(
      `  ${title.padEnd(26)} ours / theirs ${ratios.padEnd(20)} (${unit}: ${spread(all, digits)}; ${spread(others, digits)})`,
    );
  }
};

const fast = async () => {
  const results = [];
  for (let k = 0; k < Number(pairs); k++) {
    const turn = {};
    for (const name of Object.keys(pushing)) turn[name] = await sessionAfterShort(name);
    results.push(turn);
  }
  console.log(
    `${points} points over ${channels} channels in chunks of ${pointsPerChunk}, as fast as it goes, ${pairs} pairs`,
  );
  row(results, 'wall time', ({ wallMs }) => wallMs / 1e3, 's');
  row(results, 'processor, a chunk each', ({ startMs }) => startMs, 'ms', 0);
  row(results, 'processor, a million more', ({ cpuPerMillion }) => cpuPerMillion, 's');
  row(results, 'peak memory', ({ rss }) => rss / 1e6, 'MB', 0);
  row(results, 'peak memory of the session', ({ growth }) => growth / 1e6, 'MB', 0);
  row(results, 'requests with points', ({ requests }) => requests, 'count', 0);
  row(results, 'bytes on the wire', ({ bytes }) => bytes / 1e6, 'MB');
  for (const name of Object.keys(pushing)) {
    const [came, before] = [({ points }) => points, ({ beforeEnd }) => beforeEnd].map((of) =>
      column(results, name, of),
    );
    console.log(
      `  ${name.padEnd(8)} points that came ${spread(came, 0)}; before the stream was ended ${spread(before, 0)}`,
    );
  }
  const [wall, cpu] = [({ wallMs }) => wallMs / 1e3, ({ cpuMs }) => cpuMs / 1e3].map((of) =>
    column(results, 'push', of),
  );
  console.log(`  theirs by push: ${spread(wall)} s, processor ${spread(cpu)} s`);
};

const living = {
  ours: ours('power-loss', 'points/live.mjs'),
  memory: ours('memory', 'points/live.mjs'),
  theirs: theirs('live'),
};
const stretch = { channels, seconds: 20, settleSeconds: 2, pointsPerChunk: 10 };

const liveTurn = async () => {
  const said = await Promise.all(
    Object.entries(living).map(async ([streamName, client]) => {
      const one = await client({ ...stretch, endpoint: receiver.url, streamName });
      return [streamName, one];
    }),
  );
  const { streams } = await receiver.ask('report');
  if (Object.values(streams).some(({ wrong }) => wrong > 0)) throw new Error('points came in a wrong place');
  return Object.fromEntries(said.map(([name, one]) => [name, { ...one, ...streams[name] }]));
};

const live = async () => {
  const turns = [];
  for (let k = 0; k < Number(liveRounds); k++) turns.push(await liveTurn());
  const asked = channels * (stretch.seconds + stretch.settleSeconds + 1);
  const inStretch = channels * stretch.seconds;
  console.log(`${channels} channels with a sample a second, ${liveRounds} stretches of ${stretch.seconds} s`);
  for (const name of Object.keys(living)) {
    const say = (title, of, digits = 2) =>
      console.log(`    ${title.padEnd(30)} ${spread(column(turns, name, of), digits)}`);
    console.log(`  ${name}, ${asked} points`);
    say('points that came', ({ points }) => points, 0);
    say('requests with points', ({ requests }) => requests, 0);
    say('processor, s a minute', ({ stretch: { cpuMs, ms } }) => (60 * cpuMs) / ms);
    say('sample to platform, p50, s', ({ waits }) => quantile(waits, 0.5) / 1e3);
    say('sample to platform, most, s', ({ waits }) => Math.max(...waits) / 1e3);
    if (name !== 'ours') continue;
    say('bytes written a point', ({ stretch: { written } }) => written / inStretch, 0);
    say('bytes of dirty pages a point', ({ stretch: { pages } }) => pages / inStretch, 0);
    say('syncs a second', ({ stretch: { syncs, ms } }) => (1e3 * syncs) / ms);
    say('sample to durable, p50, ms', ({ kept }) => quantile(kept, 0.5), 0);
    say('sample to durable, p99, ms', ({ kept }) => quantile(kept, 0.99), 0);
  }
};

try {
  if (Number(pairs) > 0) await fast();
  if (Number(liveRounds) > 0) await live();
} finally {
  receiver.stop();
}
