import { readFileSync } from 'node:fs';
import { npm } from './npm.mjs';
import { path } from './root.mjs';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} Locked */

/**
 * @param {string} file
 * @returns {Record<string, Locked>}
 */
const packagesIn = (file) => {
  try {
    return JSON.parse(readFileSync(path(file), 'utf8')).packages;
  } catch {
    return {};
  }
};

/** Whether node_modules holds what the lock file names. By content: a fresh clone or a `git checkout` says nothing by its times. */
const isInstalled = () => {
  const locked = Object.entries(packagesIn('package-lock.json')).filter(([where]) => where !== '');
  const there = packagesIn('node_modules/.package-lock.json');
  return locked.every(([where, { version, integrity, optional, devOptional }]) => {
    const found = there[where];
    // Optional packages are those of other systems, mostly.
    if (found === undefined) return optional || devOptional;
    return found.version === version && found.integrity === integrity;
  });
};

/** Installs the dependencies of the lock file, unless they are there. */
export const install = () => {
  if (isInstalled()) return;
  console.error('Installing the dependencies of package-lock.json (npm ci) …');
  const { status } = npm(
    ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: path('.'),
    },
  );
  if (status !== 0) process.exit(status ?? 1);
};
