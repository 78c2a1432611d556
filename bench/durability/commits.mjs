// How long a record waits until it is safe, and what the disk alone would take: see ../durability.mjs.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { nodeDisk } from '../../dist/files/nodeDisk.js';
import { hostClock } from '../../dist/flow/hostClock.js';
import { RecordLog } from '../../dist/spool/recordLog.js';
import { run, spoolOption } from '../upload/run.mjs';

const { seconds } = run;
const { dir, durability } = spoolOption;
const disk = nodeDisk({ sync: durability === 'power-loss' });
const chunk = { index: 7, revision: 0, items: 24 };
const record = { type: 'delivered', chunk, to: '0c9f5e0a-8f7e-4c5e-9f53-2f0f6c3a7c11', as: 7 };
let made = 0;

/** The waits of all records that `feed` appends, ms. */
const latencies = async (feed) => {
  const directory = join(dir, `log-${made++}`);
  await disk.makeDirectory(directory);
  const onTrouble = (error) => {
    throw error;
  };
  const log = new RecordLog(disk, directory, { nextSeq: 0, clock: hostClock, onTrouble });
  await log.append(record, 0, 'now'); // the segment is made
  const waits = [];
  const append = async (when) => {
    const since = performance.now();
    await log.append(record, Date.now(), when);
    waits.push(performance.now() - since);
  };
  const until = performance.now() + 1000 * seconds;
  await feed(append, () => performance.now() < until);
  await log.close();
  return waits;
};

const oneByOne = async (append, isTime) => {
  while (isTime()) await append('now');
};

/** As often as they come on average, in no order. */
const scattered = (perSecond, when) => async (append, isTime) => {
  const all = [];
  let next = performance.now();
  while (isTime()) {
    next += (-Math.log(1 - Math.random()) * 1000) / perSecond;
    const inMs = next - performance.now();
    if (inMs > 1) await wait(inMs);
    all.push(append(when));
  }
  await Promise.all(all);
};

/** A file like a shard's: written, synced, named, and its name synced. */
const fileMs = async (bytes) => {
  const directory = join(dir, `files-${made++}`);
  await disk.makeDirectory(directory);
  const since = performance.now();
  const file = await disk.create(join(directory, 'draft'));
  await file.write([bytes]);
  await file.sync();
  await file.close();
  await disk.rename(join(directory, 'draft'), join(directory, 'named'));
  await disk.syncDirectory(directory);
  return performance.now() - since;
};

const noise = globalThis.crypto.getRandomValues(new Uint8Array(65536));
const shard = new Uint8Array(8 * 2 ** 20).map((_, k) => noise[k % 65536]);
const files = [];
for (let k = 0; k < 9; k++) files.push(await fileMs(shard));

console.log(
  JSON.stringify({
    oneByOne: await latencies(oneByOne),
    soon: await latencies(scattered(100, 'soon')),
    busy: await latencies(scattered(2000, 'now')),
    files,
  }),
);
