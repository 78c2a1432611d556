import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What other people's programs are, for these specs. */
const packages = ['zarr==3.1.6', 'numpy==2.4.6', 'atomscale==0.21.10', 'av==18.1.0'];

const venv = fileURLToPath(new URL('../../.interop', import.meta.url));
const isWindows = process.platform === 'win32';

const hasPackages = (python: string): boolean => {
  const wanted = packages.map((pin) => pin.split('=='));
  const program = `import importlib.metadata as m, json, sys
sys.exit(any(m.version(name) != version for name, version in json.loads(sys.argv[1])))`;
  try {
    execFileSync(python, ['-c', program, JSON.stringify(wanted)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const makeVenv = (): string => {
  const python = isWindows ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
  if (hasPackages(python)) return python;
  execFileSync(isWindows ? 'python' : 'python3', ['-m', 'venv', venv]);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...packages]);
  return python;
};

let found: string | undefined;

/** `EPISTREAM_INTEROP_PYTHON`, else the python of `.interop/`, which is made (with a network, in minutes) when it is not there. */
const python = (): string => {
  found ??= process.env.EPISTREAM_INTEROP_PYTHON || makeVenv();
  return found;
};

/** Runs a script of this directory, and reads the JSON that is its last line. */
export const runPython = async (
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Readonly<Record<string, unknown>>> => {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await promisify(execFile)(python(), [path, ...args], { env: { ...process.env, ...env } });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
};

/** What a script of this directory writes, in pieces of `length` bytes. */
export async function* piecesFromPython(
  script: string,
  args: readonly string[],
  length: number,
): AsyncGenerator<Buffer> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(python(), [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  try {
    let rest = Buffer.alloc(0);
    for await (const bytes of child.stdout) {
      rest = Buffer.concat([rest, bytes]);
      for (; rest.length >= length; rest = rest.subarray(length)) yield rest.subarray(0, length);
    }
    const [code] = await exit;
    if (code !== 0 || rest.length > 0)
      throw new Error(`${script} ended with code ${code} and ${rest.length} bytes over`);
  } finally {
    child.kill();
  }
}
