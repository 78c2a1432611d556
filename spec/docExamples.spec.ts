import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { transform } from '@swc/core';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A fenced block of TypeScript, and where it stands. */
interface Example {
  readonly name: string;
  readonly code: string;
  /** What it prints, from its `// →` lines. */
  readonly prints: readonly string[];
}

/** A file's text, as it is on Linux: a checkout on Windows may have other line ends. */
const textOf = (file: string) => readFileSync(file, 'utf8').replaceAll('\r\n', '\n');

const filesUnder = (folder: string, ending: string): string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith(ending))
        .map((name) => join(root, folder, name))
    : [];

const nameOf = (file: string, title: string) => `${relative(root, file).split(sep).join('/')}: ${title}`;

const exampleOf = (name: string, code: string): Example => ({
  name,
  code,
  prints: [...code.matchAll(/\/\/ → ?(.*)$/gm)].map(([, line]) => line!.trimEnd()),
});

/** The `ts` blocks of a text; a fence that says `no-run` is for reading only. */
const blocksOf = (text: string) =>
  [...text.matchAll(/^```ts *(no-run)? *\n([\s\S]*?)^```/gm)]
    .filter(([, noRun]) => noRun === undefined)
    .map(({ 2: code, index }) => ({ code: code!, before: text.slice(0, index) }));

const examplesOfSource = (file: string): Example[] =>
  commentsOf(textOf(file)).flatMap((comment) =>
    blocksOf(comment).map(({ code, before }) => exampleOf(nameOf(file, titleBefore(before)), code)),
  );

/** Doc comments without their margins. */
const commentsOf = (source: string): string[] =>
  [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].map(([comment]) => comment.replace(/^ *\* ?/gm, ''));

const titleBefore = (before: string): string => {
  const title = before.match(/@example([^\n]*)\n[\s\S]*$/)?.[1]?.trim();
  return title || before.replace('/**', '').trim().split('\n')[0]!;
};

const examplesOfPage = (file: string): Example[] =>
  blocksOf(textOf(file))
    .filter(({ code }) => code.includes('// →'))
    .map(({ code, before }) => {
      const heading =
        before
          .match(/^#+ +(.*)$/gm)
          ?.at(-1)
          ?.replace(/^#+ +/, '') ?? 'top';
      return exampleOf(nameOf(file, `${heading} (line ${before.split('\n').length})`), code);
    });

/** Runs an example as the module it is, and returns what it prints: at once, or within five seconds. */
const printedBy = async ({ name, code, prints }: Example): Promise<string[]> => {
  const { code: runnable } = await transform(code, {
    filename: name,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  const modules = new Map<string, object>();
  for (const [, specifier] of runnable.matchAll(/\brequire\("([^"]+)"\)/g))
    modules.set(specifier!, { __esModule: true, ...(await import(specifier!)) });
  const printed: string[] = [];
  const log = (...values: unknown[]) => printed.push(...format(...values).split('\n'));
  await new AsyncFunction('require', 'exports', 'console', runnable)(
    (specifier: string) => modules.get(specifier),
    {},
    { ...console, log },
  );
  const deadline = performance.now() + 5000;
  while (printed.length < prints.length && performance.now() < deadline) await aMoment();
  await aMoment();
  return printed;
};

const aMoment = () => new Promise((resolve) => setTimeout(resolve, 10));

// A function's body may await, as a module's top level may.
const AsyncFunction = (async () => {}).constructor as new (
  ...parametersAndBody: string[]
) => (require: (specifier: string) => unknown, exports: object, console: object) => Promise<void>;

const sources = filesUnder('src', '.ts');
const pages = [join(root, 'README.md'), ...filesUnder('docs', '.md')].filter(existsSync);
const examples = [...sources.flatMap(examplesOfSource), ...pages.flatMap(examplesOfPage)];

describe('every example in the docs prints what it says it prints', () => {
  it('and there are examples', () => expect(examples.length).toBeGreaterThan(0));

  it.each(examples.map((example) => [example.name, example] as const))('%s', async (_, example) => {
    expect(await printedBy(example)).toEqual(example.prints);
  });
});

/** The values (not types) that the front door takes from the rooms where a user's pipeline is made. */
const exported = (): { file: string; name: string }[] => {
  const index = join(root, 'src', 'index.ts');
  if (!existsSync(index)) return [];
  const clauses = textOf(index).matchAll(/export \{([^}]*)\} from '\.\/((?:operators|sources|sinks)\/\w+)\.js'/g);
  return [...clauses].flatMap(([, names, path]) =>
    names!
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '))
      .map((name) => ({ file: join(root, 'src', `${path}.ts`), name })),
  );
};

describe('every operator, source and sink has an example', () => {
  it.each(exported())('$name', ({ file, name }) => {
    const source = textOf(file);
    const declared = source.search(new RegExp(`^export (const|function|class) ${name}\\b`, 'm'));
    const comment = source.slice(0, declared).match(/\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/)?.[0] ?? '';
    expect(comment).toContain('@example');
    expect(comment).toContain('```ts');
  });
});
