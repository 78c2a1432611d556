import { firstValueFrom } from 'rxjs';
import type { Lock } from '../../src/files/lock.js';
import type { Journals, SessionJournal } from '../../src/journal/sessionJournal.js';
import { diskJournals } from '../../src/spool/diskJournals.js';
import type { SpoolPlace } from '../../src/spool/spoolPlace.js';
import type { SpoolUse } from '../../src/spool/spoolUse.js';
import { ModelDisk } from '../files/modelDisk.js';
import { ManualClock } from './manualClock.js';

/** A computer with a disk in memory: its processes run one after the other, on a clock that stands until it is moved. */
export class ModelComputer {
  disk = new ModelDisk({ capacity: 1e9 });
  clock = new ManualClock();
  journals: Journals;

  constructor(private readonly use: Partial<SpoolUse> = {}) {
    this.journals = this.#start();
  }

  /** The spool of the process that runs. */
  get place(): SpoolPlace {
    const held = new Set<string>();
    const lock: Lock = async (directory, name = '') => {
      const key = `${directory}/${name}`;
      if (held.has(key)) return undefined;
      held.add(key);
      return async () => void held.delete(key);
    };
    return { root: '/spool', disk: this.disk, lock, clock: this.clock };
  }

  /** The process is killed; or the power is cut, and of what was not synced as much is there as luck has it. */
  die(random?: () => number): void {
    void this.disk.faults.stopAt(1);
    this.disk = random === undefined ? this.disk.kill() : this.disk.crash(random);
    this.clock = new ManualClock();
    this.journals = this.#start();
  }

  /** The session that another process has left. */
  async found(): Promise<SessionJournal> {
    const found = firstValueFrom(this.journals.unfinished$);
    const journal = await this.clock.until(found, 1);
    await this.clock.pass(100);
    return journal;
  }

  async names(directory: string): Promise<readonly string[]> {
    return (await this.disk.list(directory)).map(({ name }) => name).sort();
  }

  #start(): Journals {
    return diskJournals({
      ...this.place,
      maxBytes: Number.POSITIVE_INFINITY,
      minFreeBytes: 0,
      ownerOf: () => ({ endpoint: 'https://lab.example' }),
      ...this.use,
    });
  }
}
