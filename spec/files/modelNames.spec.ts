import { describe, expect, it } from '@jest/globals';
import { ModelFile } from './modelFile.js';
import { type ModelDirectory, ModelNames, newDirectory } from './modelNames.js';

/** Names and what they stand for: a directory's in brackets, a file by its first byte. */
const shown = (directory: ModelDirectory): string =>
  [...directory.seen]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, node]) => {
      if (node.kind === 'directory') return `${name}(${shown(node)})`;
      return node.kind === 'file' ? `${name}${node.bytes[0]}` : `${name}?`;
    })
    .join(' ');

const file = (byte: number): ModelFile => ModelFile.synced(Uint8Array.of(byte));

/** All that can be found after a power cut. */
const outcomes = (names: ModelNames): string[] => {
  const found = new Set<string>();
  let seed = 1;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (let k = 0; k < 300; k += 1) found.add(shown(names.afterPowerCut(random).root));
  return [...found].toSorted();
};

const withRoot = (): { readonly names: ModelNames; readonly root: ModelDirectory } => {
  const names = ModelNames.empty();
  return { names, root: names.root };
};

describe('ModelNames', () => {
  it('keep what was synced', () => {
    const { names, root } = withRoot();
    names.change({ directory: root, name: 'a', node: file(1) });
    names.sync(root);
    expect(outcomes(names)).toEqual(['a1']);
    expect(names.areWaiting).toBe(false);
  });

  it('may lose a file that was created', () => {
    const { names, root } = withRoot();
    names.change({ directory: root, name: 'a', node: file(1) });
    expect(outcomes(names)).toEqual(['', 'a1']);
  });

  it('may bring back a file that was removed', () => {
    const { names, root } = withRoot();
    names.change({ directory: root, name: 'a', node: file(1) });
    names.sync(root);
    names.change({ directory: root, name: 'a' });
    expect(shown(root)).toBe('');
    expect(outcomes(names)).toEqual(['', 'a1']);
  });

  it('have a file under its old name or under its new one, never under none or both', () => {
    const { names, root } = withRoot();
    const one = file(1);
    names.change({ directory: root, name: 'a', node: one });
    names.change({ directory: root, name: 'b', node: file(2) });
    names.sync(root);
    names.change({ directory: root, name: 'a' }, { directory: root, name: 'b', node: one });
    expect(outcomes(names)).toEqual(['a1 b2', 'b1']);
  });

  it('may keep a later change and lose an earlier one, but not one of the same name', () => {
    const { names, root } = withRoot();
    names.change({ directory: root, name: 'a', node: file(1) });
    names.change({ directory: root, name: 'b', node: file(2) });
    names.change({ directory: root, name: 'a' });
    names.change({ directory: root, name: 'a', node: file(3) });
    expect(outcomes(names)).toEqual(['', 'a1', 'a1 b2', 'a3', 'a3 b2', 'b2']);
  });

  it('never have a new file in the place of one whose rename was lost', () => {
    const { names, root } = withRoot();
    const one = file(1);
    names.change({ directory: root, name: 'a', node: one });
    names.sync(root);
    names.change({ directory: root, name: 'a' }, { directory: root, name: 'b', node: one });
    names.change({ directory: root, name: 'a', node: file(2) });
    expect(outcomes(names)).toEqual(['a1', 'a2 b1', 'b1']);
  });

  it('often keep changes up to one and none after it, as a journal does', () => {
    const { names, root } = withRoot();
    const all = 'abcdefghijkl';
    for (const name of all) names.change({ directory: root, name, node: file(1) });
    const found = outcomes(names).map((each) => each.replaceAll(/1 ?/g, ''));
    expect(found).toEqual(expect.arrayContaining(['', 'a', 'ab', 'abc', 'abcd']));
    expect(found.some((each) => !all.startsWith(each))).toBe(true);
  });

  it('sync one directory and not another', () => {
    const { names, root } = withRoot();
    const inner = newDirectory();
    names.change({ directory: root, name: 'd', node: inner });
    names.sync(root);
    names.change({ directory: inner, name: 'a', node: file(1) });
    names.sync(root);
    expect(outcomes(names)).toEqual(['d()', 'd(a1)']);
    names.sync(inner);
    expect(outcomes(names)).toEqual(['d(a1)']);
  });

  it('lose what is in a directory with the directory’s own name', () => {
    const { names, root } = withRoot();
    const inner = newDirectory();
    names.change({ directory: root, name: 'd', node: inner });
    names.change({ directory: inner, name: 'a', node: file(1) });
    names.sync(inner);
    expect(outcomes(names)).toEqual(['', 'd(a1)']);
  });

  it('keep with a rename from one directory to another what came before it', () => {
    const { names, root } = withRoot();
    const [from, to] = [newDirectory(), newDirectory()];
    names.change({ directory: root, name: 'x', node: from });
    names.change({ directory: root, name: 'y', node: to });
    names.sync(root);
    const one = file(1);
    names.change({ directory: from, name: 'a', node: one });
    names.change({ directory: from, name: 'b', node: file(2) });
    names.change({ directory: from, name: 'a' }, { directory: to, name: 'c', node: one });
    names.sync(to);
    expect(outcomes(names)).toEqual(['x() y(c1)', 'x(b2) y(c1)']);
  });

  it('may write one back before anybody asks, with those it depends on', () => {
    const { names, root } = withRoot();
    names.change({ directory: root, name: 'a', node: file(1) });
    names.change({ directory: root, name: 'b', node: file(2) });
    names.change({ directory: root, name: 'a' });
    names.writeBack(() => 0.99);
    expect(outcomes(names)).toEqual(['', 'b2']);
  });

  it('leave to a dead process what it goes on to do', () => {
    const { names, root } = withRoot();
    const inner = newDirectory();
    names.change({ directory: root, name: 'd', node: inner });
    const copy = names.copy();
    names.change({ directory: inner, name: 'a', node: file(1) });
    names.sync(root);
    expect([shown(copy.root), copy.areWaiting]).toEqual(['d()', true]);
    expect(outcomes(copy)).toEqual(['', 'd()']);
    const kept = copy.root.seen.get('d') as ModelDirectory;
    copy.sync(copy.root);
    copy.change({ directory: kept, name: 'b', node: file(2) });
    copy.sync(kept);
    expect(outcomes(copy)).toEqual(['d(b2)']);
  });
});
