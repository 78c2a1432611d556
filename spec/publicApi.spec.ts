import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const entries = { epistream: 'index', 'epistream/server': 'server/index', 'epistream/testing': 'testing/index' };
const fileOf = (entry: string) => fileURLToPath(new URL(`../src/${entry}.ts`, import.meta.url));

const program = ts.createProgram(Object.values(entries).map(fileOf), {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  skipLibCheck: true,
  noLib: true,
  types: [],
});
const checker = program.getTypeChecker();

const nameOf = (symbol: ts.Symbol): string => {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return target.flags & ts.SymbolFlags.Value ? symbol.name : `type ${symbol.name}`;
};

const namesOf = (entry: string): string[] => {
  const source = program.getSourceFile(fileOf(entry));
  const module = source && checker.getSymbolAtLocation(source);
  return module === undefined ? [] : checker.getExportsOfModule(module).map(nameOf).sort();
};

describe('The public names', () => {
  it.each(Object.entries(entries))('of %s change only on purpose', (_, entry) => {
    expect(namesOf(entry)).toMatchSnapshot();
  });
});
