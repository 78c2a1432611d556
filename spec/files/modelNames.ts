import type { ModelFile, Random } from './modelFile.js';

export interface ModelDirectory {
  readonly kind: 'directory';
  /** As the processes see them, and as the platter has them. */
  seen: Map<string, ModelNode>;
  kept: Map<string, ModelNode>;
}

/** What the model knows nothing about: a link, a pipe. */
export interface ModelOther {
  readonly kind: 'other';
}

export type ModelNode = ModelFile | ModelDirectory | ModelOther;

/** A name that comes to stand for something, or for nothing. */
interface NameChange {
  readonly directory: ModelDirectory;
  readonly name: string;
  readonly node?: ModelNode | undefined;
}

/** Changes that get to the platter together or not at all: a rename is two. */
type NameStep = readonly NameChange[];

export const newDirectory = (): ModelDirectory => ({ kind: 'directory', seen: new Map(), kept: new Map() });

const isOfOneName = (a: NameChange, b: NameChange): boolean => a.directory === b.directory && a.name === b.name;

const touch = (step: NameStep, others: readonly NameChange[]): boolean =>
  step.some((change) => others.some((other) => isOfOneName(change, other)));

const apply = (step: NameStep, view: 'seen' | 'kept'): void => {
  for (const { directory, name, node } of step) {
    if (node === undefined) directory[view].delete(name);
    else directory[view].set(name, node);
  }
};

/**
 * The names of a disk, and which of them the platter has. A change that is not synced may get there or not, as long as those of one
 * name get there in their order: that is what journalling file systems have in common.
 */
export class ModelNames {
  private constructor(
    readonly root: ModelDirectory,
    private readonly waiting: NameStep[],
  ) {}

  static empty(): ModelNames {
    return new ModelNames(newDirectory(), []);
  }

  get areWaiting(): boolean {
    return this.waiting.length > 0;
  }

  change(...step: NameStep): void {
    apply(step, 'seen');
    this.waiting.push(step);
  }

  sync(directory: ModelDirectory): void {
    this.#keep((step) => step.some((change) => change.directory === directory));
  }

  /** Some change reaches the platter before anybody asks, and with it those it depends on. */
  writeBack(random: Random): void {
    const chosen = this.waiting[Math.floor(random() * this.waiting.length)];
    this.#keep((step) => step === chosen);
  }

  /** The same disk, for a process of its own. */
  copy(): ModelNames {
    const copies = new Map<ModelNode, ModelNode>();
    const copyOf = (node: ModelNode): ModelNode => {
      const known = copies.get(node);
      if (known !== undefined) return known;
      const copy = node.kind === 'file' ? node.copy() : node.kind === 'directory' ? newDirectory() : node;
      copies.set(node, copy);
      if (node.kind === 'directory' && copy.kind === 'directory')
        for (const view of ['seen', 'kept'] as const)
          for (const [name, inside] of node[view]) copy[view].set(name, copyOf(inside));
      return copy;
    };
    const root = copyOf(this.root) as ModelDirectory;
    const waiting = this.waiting.map((step) =>
      step.map(({ directory, name, node }) => ({
        directory: copyOf(directory) as ModelDirectory,
        name,
        node: node && copyOf(node),
      })),
    );
    return new ModelNames(root, waiting);
  }

  /** What is found when the power is back. */
  afterPowerCut(random: Random): ModelNames {
    const after = this.copy();
    after.#keepByLuck(random);
    const settle = (directory: ModelDirectory): void => {
      for (const [name, node] of directory.kept) {
        if (node.kind === 'file') directory.kept.set(name, node.afterPowerCut(random));
        if (node.kind === 'directory') settle(node);
      }
      directory.seen = new Map(directory.kept);
    };
    settle(after.root);
    return after;
  }

  /** In their order, as a journal is written; or any of them, as long as nothing it depends on is lost. */
  #keepByLuck(random: Random): void {
    const isInOrder = random() < 0.5;
    const lost: NameChange[] = [];
    for (const step of this.waiting.splice(0)) {
      if (random() >= 0.5 || touch(step, lost) || (isInOrder && lost.length > 0)) lost.push(...step);
      else apply(step, 'kept');
    }
  }

  /** Backwards, for what is kept brings along what happened to the same names before. */
  #keep(isChosen: (step: NameStep) => boolean): void {
    const kept: NameStep[] = [];
    for (const step of this.waiting.toReversed()) if (isChosen(step) || touch(step, kept.flat())) kept.unshift(step);
    for (const step of kept) {
      apply(step, 'kept');
      this.waiting.splice(this.waiting.indexOf(step), 1);
    }
  }
}
