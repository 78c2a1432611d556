// What it costs to lose nothing: sessions whose chunks survive the power, the process, or neither.
//
//   npm run build && node bench/durability.mjs [rounds] [MB of frames] [folder]      (default 5 350, the folder for temporary files)
//
// A round runs `power-loss`, `crash` and `memory` (no spool) one after the other, in turns, each in a fresh process, towards the same
// local platform; then a run whose platform is away is kept, and sent by another process when the platform is back. Prints MB of raw
// frames per second, processor time of all threads, peak memory, as median / least / most; and of each round how `power-loss` compares
// with the others. Neighbours on the computer spoil the times more than the ratios, and processor time least.
//
// Last comes the wait from appending a record to its being safe: one by one, at a hundred a second that may wait for each other, and at
// two thousand that may not; and a file of 8 MiB, written, synced and named, which is the disk's own part of a chunk.
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { callNode, checked, startReceiver, withFolder } from './sessions.mjs';
import { quantile, spread } from './spread.mjs';

const [rounds = '5', megabytes = '350', parent = tmpdir()] = process.argv.slice(2);
const modes = ['power-loss', 'crash', 'memory'];
const budgetMiB = 256;

/** What `statfs` says of a file system, on Linux. */
const fileSystems = {
  61267: 'ext4',
  2435016766: 'btrfs',
  1481003842: 'xfs',
  801189825: 'zfs',
  16914836: 'tmpfs',
  2240043254: 'ramfs',
  2035054128: 'overlay',
  26985: 'nfs',
};
const { type } = statfsSync(parent);
const fileSystem = fileSystems[type] ?? `type 0x${type.toString(16)}`;
if (/^(tmpfs|ramfs)$/.test(fileSystem)) throw new Error(`${parent} is ${fileSystem}: name a folder on a disk`);

const receiver = await startReceiver();
const common = { endpoint: receiver.url, budgetMiB };
const speedOf = ({ wallMs }, { gigabytes }) => (1e6 * gigabytes) / wallMs;

const session = (durability, run) =>
  withFolder(parent, async (spool) => {
    const said = await callNode('upload/ours.mjs', JSON.stringify({ ...common, ...run, durability, spool }));
    return measures(said, checked(await receiver.ask('report'), run));
  });

const measures = (said, got) => ({
  speed: speedOf(said, got),
  cpu: said.cpuMs / 1e3 / got.gigabytes,
  memory: (said.rss - said.rssBefore) / 1e6,
});

/** The platform is away, then it is back. */
const outage = (run) =>
  withFolder(parent, async (spool) => {
    const asked = JSON.stringify({ ...common, ...run, durability: 'power-loss', spool });
    await receiver.ask('leave');
    const kept = await callNode('durability/keep.mjs', asked);
    await receiver.ask('return');
    const replayed = await callNode('durability/replay.mjs', asked);
    const got = checked(await receiver.ask('report'), run);
    if (got.bytes !== kept.keptBytes) throw new Error(`${kept.keptBytes} bytes were kept, and ${got.bytes} came`);
    return {
      kept: measures(kept, got),
      replayed: { ...measures(replayed, got), wire: got.bytes / 1e3 / replayed.wallMs },
    };
  });

const inTurns = (k) => modes.map((_, n) => modes[(n + k) % modes.length]);

const row = (name, ofs) =>
  console.log(
    `  ${name.padEnd(12)} ${spread(
      ofs.map(({ speed }) => speed),
      0,
    ).padEnd(18)} MB/s   ` +
      `${spread(ofs.map(({ cpu }) => cpu)).padEnd(20)} s/GB   ${spread(
        ofs.map(({ memory }) => memory),
        0,
      )} MB`,
  );

const ratios = (all, other) =>
  console.log(
    `  power-loss / ${other.padEnd(10)} speed ${spread(all.map((each) => each['power-loss'].speed / each[other].speed))}` +
      `   processor time ${spread(all.map((each) => each['power-loss'].cpu / each[other].cpu))}`,
  );

const compare = async (input) => {
  const chunkBytes = input.chunkSize * input.width * input.height;
  const run = { ...input, chunks: Math.ceil((Number(megabytes) * 1e6) / chunkBytes) };
  console.log(`\n${input.name}: ${input.width} x ${input.height}, ${run.chunks} chunks of ${run.chunkSize} frames`);
  await session('memory', { ...run, chunks: 1 }); // the receiver compiles
  const all = [];
  for (let k = 0; k < Number(rounds); k++) {
    const each = {};
    for (const mode of inTurns(k)) each[mode] = await session(mode, run);
    all.push({ ...each, ...(await outage(run)) });
  }
  for (const mode of modes)
    row(
      mode,
      all.map((each) => each[mode]),
    );
  for (const other of ['crash', 'memory']) ratios(all, other);
  row(
    'kept, away',
    all.map(({ kept }) => kept),
  );
  row(
    'sent later',
    all.map(({ replayed }) => replayed),
  );
  console.log(
    `  ${'on the wire'.padEnd(12)} ${spread(
      all.map(({ replayed }) => replayed.wire),
      0,
    )} MB/s of shards`,
  );
};

const waits = (name, ms) => {
  const [p50, p99] = [0.5, 0.99].map((q) => quantile(ms, q).toFixed(2));
  console.log(`  ${name.padEnd(28)} p50 ${p50}, p99 ${p99} ms (${ms.length})`);
};

const commits = async (durability) => {
  const said = await withFolder(parent, (spool) =>
    callNode('durability/commits.mjs', JSON.stringify({ seconds: 4, durability, spool })),
  );
  console.log(`\n${durability}: from appending a record to its being safe`);
  waits('one by one', said.oneByOne);
  waits('100 a second, soon', said.soon);
  waits('2000 a second, now', said.busy);
  waits('a file of 8 MiB', said.files);
};

console.log(`${parent} on ${fileSystem}; ${rounds} rounds, budget ${budgetMiB} MiB; median / least / most`);
try {
  await withFolder(parent, async (folder) => {
    for (const input of await callNode('upload/inputs.mjs', folder)) await compare(input);
  });
  for (const durability of ['power-loss', 'crash']) await commits(durability);
} finally {
  receiver.stop();
}
