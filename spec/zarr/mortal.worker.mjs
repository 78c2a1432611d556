import { parentPort } from 'node:worker_threads';

/** @param {{ type: string, slot: SharedArrayBuffer }} request */
const die = ({ type, slot }) => {
  if (type !== 'frame') return;
  const [value] = new Uint8Array(slot);
  if (value === 241) throw new Error('the lamp fell');
  if (value === 242) process.exit(7);
};

// The real worker, with two frames that kill it: at one of 241 it throws, at one of 242 it ends.
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const on = port.on.bind(port);
port.on = (/** @type {string} */ event, /** @type {(request: any) => void} */ listener) =>
  on(event, (request) => {
    die(request);
    listener(request);
  });
await import('../../dist/zarr/encode.worker.js');
