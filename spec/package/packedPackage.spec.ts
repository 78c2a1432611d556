import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'epistream-package-'));
const samples = 'samples/xrheed-sb-deposition';

const node = (...args: string[]): string => execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });

const npm = (cwd: string, ...args: string[]): string => {
  const { npm_execpath: cli } = process.env;
  if (cli === undefined) throw new Error('run this spec with `npm run test:package`');
  return execFileSync(process.execPath, [cli, ...args], { cwd, encoding: 'utf8' });
};

/** Packs into the empty folder. */
const packed = (): { readonly filename: string; readonly files: readonly { readonly path: string }[] } =>
  JSON.parse(npm(root, 'pack', '--json', '--pack-destination', folder))[0];

const tenLines = (): string => {
  const [, code = ''] = /```ts\n(.*?)```/s.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  return code;
};

const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  types: [],
};

describe('The packed package', () => {
  let files: readonly string[] = [];

  beforeAll(() => {
    const { filename, files: listed } = packed();
    files = listed.map(({ path }) => path);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'lab', private: true, type: 'module' }));
    npm(folder, 'install', '--no-audit', '--no-fund', join(folder, filename), 'rxjs@7');
    mkdirSync(join(folder, 'samples'));
    cpSync(join(root, samples), join(folder, samples), { recursive: true });
    writeFileSync(join(folder, 'run.ts'), tenLines());
    writeFileSync(join(folder, 'run.mjs'), tenLines());
  }, 300_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds code, types and documents, and no samples, specs or scripts', () => {
    expect(files.filter((file) => !/^(dist|docs)\//.test(file)).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'package.json',
    ]);
    expect(files.filter((file) => !/^dist\/.*\.(d\.ts|js)$/.test(file) && file.startsWith('dist/'))).toEqual([]);
    // What the README links to, its picture too.
    const links = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/\]\((docs\/[^)]+\.\w+)\)/g)];
    expect(links.length).toBeGreaterThan(5);
    expect(files).toEqual(expect.arrayContaining(links.map(([, file]) => file)));
  });

  it("runs the README's ten lines in an empty folder", () => {
    expect(tenLines().split('\n').length).toBeLessThanOrEqual(14);
    expect(node('run.mjs')).toContain('26 frames delivered');
  }, 60_000);

  it('has types that a strict compiler resolves', () => {
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['run.ts'] }));
    const tsc = join(root, 'node_modules/typescript/lib/tsc.js');
    const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  }, 60_000);

  it('has a command', () => {
    expect(node('node_modules/epistream/dist/cli/main.js', '--help')).toContain('stream');
  });
});
