// A RHEED session end to end, against the platform vendor's released Python client.
//
//   npm run build && node bench/upload.mjs [pairs] [MB of frames] [our budget, MiB] [durability]      (default 7 700 1024 power-loss)
//
// The Python is EPISTREAM_INTEROP_PYTHON, else that of `.interop/`; it needs atomscale and numpy.
//
// Prints ours / theirs as median / least / most of pairs A B A B …: wall time, processor time, memory, bytes on the wire. Then, at the pace
// of a camera, the wait from a chunk's last frame to the reply to its PUT. Ratios below 1 are in our favour. Neighbours on the computer
// spoil the times and hardly the ratios.
//
// How the comparison is made. Both clients run in a fresh process each, are given the same frames in memory, and upload them to the same
// server, which discards them; it checks that every chunk came once, with a whole index. Counted is the session alone, not the start of
// the interpreter: from `connect` to the end of `close`, from `RHEEDStreamer()` to the end of `finalize`. Processor time is that of all
// threads of the client process, given for a session of one chunk and for each gigabyte of frames beyond it. Each gets frames as it likes
// them best: ours one by one, theirs as ready (N, H, W) views, so that its owner's stacking costs nothing. Both compress with zstd level 3
// and measure the platform's clock. Theirs paces in `run` only, so it is called by `push` in a loop, which compresses and writes to its
// spool on disk; `finalize` returns when the spool is empty and the stream ended, a few ms after the last reply. Ours keeps a spool as
// well, which is what it does when nobody tells it anything; theirs never syncs a file, ours does. With `crash` ours does not either, and
// with `memory` it has no spool: less to do, more to hold. Spools are in a temporary folder, which had better be on a disk. On Linux our
// encode threads run at low priority, so that busy neighbours take wall time from us first.
import { tmpdir } from 'node:os';
import { call, callNode, checked, path, startReceiver, withFolder } from './sessions.mjs';
import { quantile, spread } from './spread.mjs';

const [pairs = '7', megabytes = '700', budgetMiB = '1024', durability = 'power-loss'] = process.argv.slice(2);
const venvPython = process.platform === 'win32' ? '../.interop/Scripts/python.exe' : '../.interop/bin/python';
const python = process.env.EPISTREAM_INTEROP_PYTHON || path(venvPython);

const clients = {
  ours: (run) => callNode('upload/ours.mjs', JSON.stringify(run)),
  theirs: (run) => call(python, [path('upload/theirs.py'), JSON.stringify(run)]),
};
const receiver = await startReceiver();

/** One session: what the client says of itself, and the server of it. */
const session = async (client, run) => {
  const asked = { endpoint: receiver.url, budgetMiB: Number(budgetMiB), durability, paced: false, ...run };
  const said = await withFolder(tmpdir(), (spool) => clients[client]({ ...asked, spool }));
  const got = checked(await receiver.ask('report'), run);
  return {
    ...said,
    ...got,
    rssGrowth: said.rss - said.rssBefore,
    waits: got.repliedAt.map((at, k) => at - said.accepted[k]),
  };
};

const inPairs = async (count, run) => {
  const results = [];
  for (let k = 0; k < count; k++)
    results.push({ ours: await sessionAfterShort('ours', run), theirs: await sessionAfterShort('theirs', run) });
  return results;
};

/** A session, and one of a single chunk before it: what the second costs more is the price of frames. */
const sessionAfterShort = async (client, run) => {
  const short = await session(client, { ...run, chunks: 1 });
  const long = await session(client, run);
  return {
    ...long,
    startMs: short.cpuMs,
    cpuPerGB: (long.cpuMs - short.cpuMs) / 1e3 / (long.gigabytes - short.gigabytes),
  };
};

const MB = 1e6;
const row = (results, name, of, unit, digits = 2) => {
  const [ours, theirs] = ['ours', 'theirs'].map((who) => results.map((result) => of(result[who])));
  const ratios = ours.map((value, k) => value / theirs[k]);
  console.log(
    `  ${name.padEnd(26)} ours / theirs ${spread(ratios).padEnd(20)} (${unit}: ${spread(ours, digits)}; ${spread(theirs, digits)})`,
  );
};

const compare = async (input) => {
  const chunkBytes = input.chunkSize * input.width * input.height;
  const run = { ...input, chunks: Math.ceil((Number(megabytes) * MB) / chunkBytes) };
  console.log(`\n${input.name}: ${input.width} x ${input.height}, ${run.chunks} chunks of ${run.chunkSize} frames`);
  const results = await inPairs(Number(pairs), run);
  console.log(
    ` as fast as it goes, ${pairs} pairs, our budget ${budgetMiB} MiB, ${durability} (${results[0].ours.zstd})`,
  );
  row(results, 'wall time', ({ wallMs }) => wallMs / 1e3, 's');
  row(results, 'processor, first chunk', ({ startMs }) => startMs, 'ms', 0);
  row(results, 'processor, a GB more', ({ cpuPerGB }) => cpuPerGB, 's/GB');
  row(results, 'peak memory', ({ rss }) => rss / MB, 'MB', 0);
  row(results, 'peak memory of the session', ({ rssGrowth }) => rssGrowth / MB, 'MB', 0);
  row(results, 'bytes on the wire', ({ bytes }) => bytes / MB, 'MB', 1);
  const paced = await inPairs(2, { ...input, chunks: 5, paced: true });
  console.log(` at ${input.fps} frames a second, 2 pairs of 5 chunks`);
  row(paced, 'last frame to PUT reply', ({ waits }) => quantile(waits, 0.5), 'ms', 0);
  row(paced, 'processor, a GB more', ({ cpuPerGB }) => cpuPerGB, 's/GB');
  row(paced, 'peak memory of the session', ({ rssGrowth }) => rssGrowth / MB, 'MB', 0);
};

try {
  await withFolder(tmpdir(), async (folder) => {
    for (const input of await callNode('upload/inputs.mjs', folder)) await compare(input);
  });
} finally {
  receiver.stop();
}
