import { parentPort } from 'node:worker_threads';

const die = ({ type, slot }) => {
  if (type !== 'frame') return;
  const [value] = new Uint8Array(slot);
  if (value === 241) throw new Error('the lamp fell');
  if (value === 242) process.exit(7);
};

// The real worker, with two frames that kill it: at one of 241 it throws, at one of 242 it ends.
const on = parentPort.on.bind(parentPort);
parentPort.on = (event, listener) =>
  on(event, (message) => {
    die(message);
    listener(message);
  });
await import('../../dist/zarr/encode.worker.js');
