import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const textFile = /\.(ts|mjs|js|md|json|py)$/;

const filesUnder = (...folders: string[]): string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => textFile.test(name))
      .map((name) => join(folder, name)),
  );

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const written = filesUnder('src', 'spec', 'examples', 'scripts', 'docs').filter(
  (file) => !file.endsWith('house.spec.ts'),
);

describe('The house', () => {
  it('has no file whose name says nothing about what is inside', () => {
    expect(written.filter((file) => /^(utils?|helpers?|manager|common|misc)\b/i.test(basename(file)))).toEqual([]);
  });

  it('has no source file that has grown a second noun', () => {
    expect(filesUnder('src').filter((file) => read(file).split('\n').length > 301)).toEqual([]);
  });

  it('leaves nothing open', () => {
    expect(
      written.filter((file) => /\b(TODO|FIXME|XXX|HACK)\b|\b(it|test|describe)\.(skip|only|todo)\b/.test(read(file))),
    ).toEqual([]);
  });

  it('locks its dependencies to no registry', () => {
    expect(read('package-lock.json')).not.toContain('"resolved"');
  });
});
