import * as t from 'io-ts';
import type { DurableFiles } from './durableFiles.js';
import { JsonFile } from './jsonFile.js';
import { Turns } from './turns.js';

const Tracking = t.array(t.type({ project_id: t.string, physical_sample_id: t.string, active: t.boolean }));
type Tracking = t.TypeOf<typeof Tracking>;

/** Which physical samples each project follows. */
export class TrackedSamples {
  readonly #turns = new Turns();

  private constructor(private readonly file: JsonFile<Tracking>) {}

  static async open(path: string, files: DurableFiles): Promise<TrackedSamples> {
    return new TrackedSamples((await JsonFile.open(path, files, Tracking)) ?? JsonFile.make(path, files, []));
  }

  list(): Tracking {
    return this.file.value;
  }

  set(project_id: string, physical_sample_id: string, active: boolean): Promise<void> {
    return this.#turns.take(async () => {
      const others = this.file.value.filter(
        (entry) => entry.project_id !== project_id || entry.physical_sample_id !== physical_sample_id,
      );
      await this.file.write([...others, { project_id, physical_sample_id, active }]);
    });
  }
}
