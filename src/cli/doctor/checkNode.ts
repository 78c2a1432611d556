import { createRequire } from 'node:module';
import { type Finding, unwell, well } from './finding.js';

/** Whether this Node is one that the package runs on. */
export const checkNode = (version: string = process.versions.node): Finding => {
  const { engines } = createRequire(import.meta.url)('../../../package.json') as { engines: { node: string } };
  const oldest = engines.node.replace(/^>=\s*/, '');
  return isAtLeast(version, oldest)
    ? well('node', `Node ${version}`)
    : unwell('node', `Node ${version} is too old`, `install Node ${oldest} or newer`);
};

const isAtLeast = (version: string, oldest: string): boolean => {
  const [here, needed] = [version, oldest].map((text) => text.split('.').map(Number));
  const [major = 0, minor = 0] = here ?? [];
  const [leastMajor = 0, leastMinor = 0] = needed ?? [];
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
};
