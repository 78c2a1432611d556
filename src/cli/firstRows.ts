import type { Sample } from '../model/sample.js';
import { finishedFile } from '../sources/csv/finishedFile.js';
import { type Log, LogPage } from '../sources/csv/logPage.js';

/**
 * Reads the header and the first rows of a log: its channels, or what is wrong with the file, or with the options for it. A row that
 * cannot be read is left for later, unless there is none that can.
 */
export const firstRows = async (log: Log<Sample>): Promise<readonly string[]> => {
  const look = new Look(log);
  for await (const bytes of finishedFile(log.path)) if (look.at(bytes)) break;
  if (look.failure !== undefined && look.samples === 0) throw look.failure;
  return look.channels;
};

class Look {
  channels: readonly string[] = [];
  samples = 0;
  failure: Error | undefined;
  readonly #page: LogPage<Sample>;

  constructor(log: Log<Sample>) {
    this.#page = new LogPage<Sample>({
      ...log,
      onGarbage: 'drop',
      tell: (notice) => {
        if (notice.type === 'garbage') this.failure ??= notice.error;
      },
      tableOf: (header) => {
        const table = log.tableOf(header);
        this.channels = table.silent();
        return table;
      },
    });
  }

  /** Whether it has seen enough. */
  at(bytes: Uint8Array): boolean {
    for (const samples of this.#page.read(bytes)) this.samples += samples.length;
    return this.samples > 0 || this.failure !== undefined;
  }
}
