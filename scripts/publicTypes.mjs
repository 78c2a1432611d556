import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { path } from './root.mjs';

// What a user's compiler reads of this package: no functional-programming library and no `any` in it.
const inside = /^(fp-ts|io-ts)(\/|$)/;

/**
 * The declaration files that a user's import pulls in.
 *
 * @param {readonly string[]} entries
 */
const reachable = (entries) => {
  const files = new Map();
  const visit = (/** @type {string} */ file) => {
    if (files.has(file) || !existsSync(file)) return;
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    const imports = ts.preProcessFile(source.text).importedFiles.map(({ fileName }) => fileName);
    files.set(file, { source, imports });
    for (const name of imports.filter((name) => name.startsWith('.')))
      visit(join(dirname(file), name).replace(/\.js$/, '.d.ts'));
  };
  entries.forEach(visit);
  return files;
};

/**
 * @param {import('typescript').Node} node
 * @returns {boolean}
 */
const hasAny = (node) => node.kind === ts.SyntaxKind.AnyKeyword || (ts.forEachChild(node, hasAny) ?? false);

const entries = ['index', 'server/index', 'testing/index'].map((entry) => path(`dist/${entry}.d.ts`));
const files = reachable(entries);
const faults = [...files].flatMap(([file, { source, imports }]) => {
  const name = relative(path('.'), file);
  const leaks = imports.filter((/** @type {string} */ name) => inside.test(name));
  return [
    ...leaks.map((/** @type {string} */ leak) => `${name} imports ${leak}`),
    ...(hasAny(source) ? [`${name} says any`] : []),
  ];
});
for (const missing of entries.filter((entry) => !existsSync(entry))) faults.push(`${missing} is not built`);
console.log(faults.join('\n') || `${files.size} declaration files, none with fp-ts, io-ts or any`);
process.exitCode = faults.length > 0 ? 1 : 0;
