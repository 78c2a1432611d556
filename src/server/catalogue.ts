import { randomUUID } from 'node:crypto';
import * as t from 'io-ts';
import type { DurableFiles } from './durableFiles.js';
import { JsonFile } from './jsonFile.js';
import { Refusal } from './refusal.js';
import { Turns } from './turns.js';

const Entries = t.array(t.type({ id: t.string, name: t.string }));
export type CatalogueEntry = t.TypeOf<typeof Entries>[number];

/** Things people give names to (samples, tags), no two of them alike but for case. */
export class Catalogue {
  readonly #turns = new Turns();

  private constructor(
    private readonly noun: string,
    private readonly file: JsonFile<CatalogueEntry[]>,
  ) {}

  static async open(noun: string, path: string, files: DurableFiles): Promise<Catalogue> {
    return new Catalogue(noun, (await JsonFile.open(path, files, Entries)) ?? JsonFile.make(path, files, []));
  }

  list(): readonly CatalogueEntry[] {
    return this.file.value;
  }

  /** The entry of an id, or a 404. */
  get(id: string): CatalogueEntry {
    const entry = this.file.value.find((candidate) => candidate.id === id);
    if (entry === undefined) throw new Refusal(404, `there is no ${this.noun} ${id}`);
    return entry;
  }

  /** Adds a name; a 409 with the id of the one that has it already. */
  add(name: string): Promise<CatalogueEntry> {
    return this.#turns.take(async () => {
      const trimmed = name.trim();
      if (trimmed === '') throw new Refusal(422, `the name of a ${this.noun} must not be blank`);
      const twin = this.file.value.find((entry) => entry.name.toLowerCase() === trimmed.toLowerCase());
      if (twin !== undefined) throw new Refusal(409, { id: twin.id });
      const entry = { id: randomUUID(), name: trimmed };
      await this.file.write([...this.file.value, entry]);
      return entry;
    });
  }
}
