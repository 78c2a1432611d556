import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { mkdtemp, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkSpoolRoot } from '../../src/files/checkSpoolRoot.js';
import { lockDirectory } from '../../src/files/lockDirectory.js';
import { nodeDisk } from '../../src/files/nodeDisk.js';
import { InputError } from '../../src/model/errors.js';

const disk = nodeDisk({ sync: false });
let top: string;
beforeEach(async () => {
  top = join(await realpath(await mkdtemp(join(tmpdir(), 'epistream-names-'))), 'lab');
  await disk.makeDirectory(top);
});
afterEach(() => rm(resolve(top, '..'), { recursive: true }));

/** Names that some system or other finds fault with. */
const names = [
  ...['CON', 'con', 'NUL', 'nul.spool', 'AUX', 'PRN', 'COM1', 'LPT9', 'CONIN$'],
  ...['a.', 'a..', 'a ', ' a', '...', '. .', '.hidden', '~', '~root', '-rf', '--'],
  ...[
    'é'.normalize('NFC'),
    'é'.normalize('NFD'),
    '\u212B',
    '한글'.normalize('NFC'),
    '한글'.normalize('NFD'),
    'ﬀ',
    'ß',
    'İ',
  ],
  ...['ספול', 'مختبر', '\u202Elaver', '\u200Bzero', '\uFEFFmark', '日本語', '🔬', '👩‍🔬'],
  ...[
    "the lab's",
    'a"b',
    'a;b',
    '$(touch pwned)',
    '`touch pwned`',
    '$HOME',
    'a&b',
    'a|b',
    'a>b',
    'a*',
    'a?',
    'a:b',
    '%2e%2e',
  ],
  ...['a\nb', 'a\tb', '\x07', '\x1b[2J', 'a\r'],
  // To Windows those are paths.
  ...(sep === '/' ? ['a\\b', '..\\b'] : []),
  ...['x'.repeat(254), 'x'.repeat(255), '日'.repeat(85)],
];

/** What the spool does in its root, in small. */
const use = async (root: string): Promise<void> => {
  const session = join(root, 'sessions', 'b6a0');
  await disk.makeDirectory(session);
  const file = await disk.create(join(session, '1.draft'));
  await file.write([Uint8Array.of(1, 2)]);
  await file.sync();
  await file.close();
  await disk.rename(join(session, '1.draft'), join(session, '1.chunk'));
  await disk.syncDirectory(session);
  expect([...(await disk.read(join(session, '1.chunk')))]).toEqual([1, 2]);
  const release = await lockDirectory(session);
  expect(await lockDirectory(session)).toBeUndefined();
  await release?.();
  await disk.removeTree(join(root, 'sessions'));
  expect(await disk.list(root)).toEqual([]);
};

const ruleOf = (root: string): string | undefined => {
  try {
    checkSpoolRoot(root);
    return undefined;
  } catch (error) {
    return error instanceof InputError ? error.context.rule : `no rule: ${error}`;
  }
};

describe('A root of a strange name', () => {
  it.each(names)('serves as any other, or is refused: %j', async (name) => {
    const root = `${top}${sep}${name}`;
    const rule = ruleOf(root);
    // Windows has names that it does not take; elsewhere all of these are good.
    if (process.platform === 'win32' && rule !== undefined) expect(rule).toMatch(/^must be a folder/);
    else {
      expect(rule).toBeUndefined();
      await use(resolve(root));
    }
    expect(await readdir(resolve(top, '..'))).toEqual(['lab']);
    expect((await readdir(top)).length).toBeLessThanOrEqual(1);
  });

  it.each(['x'.repeat(256), '日'.repeat(86), '🔬'.repeat(128), 'x'.repeat(5000)])(
    'is refused when it is too long',
    (name) => {
      expect(ruleOf(join(top, name))).toMatch(/^must be a folder to write in \((ENAMETOOLONG|ENOENT)/);
    },
  );

  it.each(['\0', 'a\0', 'a\0/../b', '/\0/a'])('is refused with a NUL: %j', async (name) => {
    expect(ruleOf(`${top}${sep}${name}`)).toBe('must be the path of a folder');
    expect(await readdir(top)).toEqual([]);
  });

  it.each([
    ['a/../b', 'b'],
    ['./b', 'b'],
    ['b/.', 'b'],
    ['b/', 'b'],
    ['/b', 'b'],
    ['a/./../b/c/..', 'b'],
    ['../lab/b', 'b'],
  ])('is the folder that its dots lead to: %s', async (given, name) => {
    const root = checkSpoolRoot(`${top}/${given}`);
    expect(root).toBe(join(top, name));
    expect(await readdir(top)).toEqual([name]);
    await use(root);
  });

  it.each([
    ['é'.normalize('NFC'), 'é'.normalize('NFD')],
    ['한글'.normalize('NFC'), '한글'.normalize('NFD')],
    ['spool', 'SPOOL'],
    ['\u00C5', '\u212B'],
    ['a', 'a.'],
  ])('has one lock when two names are one folder, and two when they are two: %j and %j', async (one, other) => {
    const roots = [checkSpoolRoot(join(top, one)), checkSpoolRoot(join(top, other))] as const;
    const isOne = (await stat(roots[0])).ino === (await stat(roots[1])).ino;
    const release = await lockDirectory(roots[0]);
    const second = await lockDirectory(roots[1]);
    expect(second === undefined).toBe(isOne);
    await release?.();
    await second?.();
  });
});

// Windows has no modes to mend.
if (process.platform !== 'win32')
  describe('The command that mends a root', () => {
    it.each(names.filter((name) => /[^\w.\x7f-\uffff]/.test(name)))(
      'can be run as it is told, whatever the name: %j',
      async (name) => {
        const root = checkSpoolRoot(`${top}/${name}`);
        chmodSync(root, 0o777);
        const command = /\((chmod .*)\)$/s.exec(ruleOf(root) ?? '')?.[1] ?? '';
        execFileSync('/bin/sh', ['-c', command], { cwd: top });
        expect(ruleOf(root)).toBeUndefined();
        expect(await readdir(top)).toHaveLength(1);
      },
    );
  });
