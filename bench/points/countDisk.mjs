// Counts what this process asks of its disk. Call it before a file is opened.
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { path } from '../sessions.mjs';

/** Returns a function that says how many bytes were written so far, how many syncs there were, and, on Linux, the bytes of dirty pages. */
export const countDisk = async () => {
  const counted = { written: 0, syncs: 0 };
  const file = await open(path('points/countDisk.mjs'));
  const handles = Object.getPrototypeOf(file);
  await file.close();
  const around = (name, then) => {
    const call = handles[name];
    handles[name] = async function (...args) {
      const result = await call.apply(this, args);
      then(result);
      return result;
    };
  };
  const wrote = ({ bytesWritten }) => {
    counted.written += bytesWritten;
  };
  const synced = () => {
    counted.syncs++;
  };
  for (const name of ['write', 'writev']) around(name, wrote);
  for (const name of ['sync', 'datasync']) around(name, synced);
  return () => ({ ...counted, pages: pagesWritten() });
};

const pagesWritten = () => {
  if (process.platform !== 'linux') return Number.NaN;
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))[1]);
};
