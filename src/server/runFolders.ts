import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as t from 'io-ts';
import { makeDirectory } from '../files/makeDirectory.js';
import type { RunPart } from '../model/runStreamName.js';
import { directoriesIn } from './directoriesIn.js';
import type { DurableFiles } from './durableFiles.js';
import { JsonFile } from './jsonFile.js';
import { portableName } from './portableName.js';
import { Turns } from './turns.js';

/** Says whose folder it is; the folder's own name need not be the run's. */
const RunFile = t.type({ run: t.string });

/** Where a stream of a growth run is kept. */
export interface RunPlace {
  readonly run: string;
  readonly part: RunPart;
  /** The folder of the run. */
  readonly folder: string;
  /** The stream's own, in that folder. */
  readonly path: string;
}

/** What the platform itself keeps in a data directory, or may some day. */
const isOurs = (lowerCase: string): boolean =>
  /^(drafts|.*\.(json|jsonl|secret)|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(lowerCase);

/** `frames`, `frames-2`, …: a part of a run, a segment or a continuation at a time. */
const partDirectory = /^(?<part>frames|channels|events)(-(?<number>[1-9]\d{0,8}))?$/;

/** The growth runs of a data directory, each with a folder of its own. */
export class RunFolders {
  readonly #folders = new Map<string, string>();
  readonly #turns = new Turns();

  private constructor(
    private readonly dataDir: string,
    private readonly files: DurableFiles,
  ) {}

  static async open(dataDir: string, files: DurableFiles): Promise<RunFolders> {
    const folders = new RunFolders(dataDir, files);
    for (const name of (await directoriesIn(dataDir)).filter((found) => !isOurs(found.toLowerCase()))) {
      const file = await JsonFile.open(runFile(join(dataDir, name)), files, RunFile);
      // A copy that somebody made of a folder comes after it, and stays what it is: a copy.
      if (file !== undefined && !folders.#folders.has(file.value.run))
        folders.#folders.set(file.value.run, join(dataDir, name));
    }
    return folders;
  }

  /** Where streams are kept. */
  async places(): Promise<readonly RunPlace[]> {
    const places = [...this.#folders].map(async ([run, folder]) =>
      (await directoriesIn(folder)).flatMap((name) => {
        const part = partDirectory.exec(name)?.groups?.part;
        return part === undefined ? [] : [{ run, part: part as RunPart, folder, path: join(folder, name) }];
      }),
    );
    return (await Promise.all(places)).flat();
  }

  /** Makes a place for one more stream of a run. */
  make(run: string, part: RunPart): Promise<RunPlace> {
    return this.#turns.take(async () => {
      const folder = this.#folders.get(run) ?? (await this.#makeFolder(run));
      const path = join(folder, nextDirectory(part, await readdir(folder)));
      await makeDirectory(path);
      return { run, part, folder, path };
    });
  }

  /** Whatever is there and is not this run's is another's. */
  async #makeFolder(run: string): Promise<string> {
    const there = new Set((await readdir(this.dataDir)).map((name) => name.toLowerCase()));
    const folder = join(
      this.dataDir,
      portableName(run, (lowerCase) => isOurs(lowerCase) || there.has(lowerCase)),
    );
    await JsonFile.make(runFile(folder), this.files, { run }).write({ run });
    this.#folders.set(run, folder);
    return folder;
  }
}

const runFile = (folder: string): string => join(folder, 'run.json');

/** Numbers are not given again: a later one is a later stream. */
const nextDirectory = (part: RunPart, there: readonly string[]): string => {
  const numbers = there
    .map((name) => partDirectory.exec(name)?.groups)
    .filter((groups) => groups?.part === part)
    .map((groups) => Number(groups?.number ?? 1));
  const next = Math.max(0, ...numbers) + 1;
  return next === 1 ? part : `${part}-${next}`;
};
