import { parentPort } from 'node:worker_threads';

// Speaks like the real worker; every shard is one byte that says how many blocks have come back. Answers late, so that an abort overtakes.
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
let blocksBack = 0;
port.on('message', ({ type, shard, blocks }) => {
  if (type === 'frame') port.postMessage({ type: 'read' });
  if (type === 'blocks') blocksBack += blocks.length;
  if (type === 'finish') {
    const part = new Uint8Array(new SharedArrayBuffer(1)).fill(blocksBack);
    setTimeout(() => port.postMessage({ type: 'shard', shard, parts: [part] }), 10);
  }
});
