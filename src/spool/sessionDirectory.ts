import { join } from 'node:path';
import { firstValueFrom, map, ReplaySubject, race } from 'rxjs';
import { waitOf } from '../flow/waitOf.js';
import type { Asked } from '../model/asked.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { EncodedChunk } from '../model/encodedChunk.js';
import { SpoolError } from '../model/errors.js';
import type { SessionId } from '../model/identifiers.js';
import { writeAsked } from './askedFile.js';
import { type ChunkContents, ChunkFiles } from './chunkFiles.js';
import type { Owner } from './owner.js';
import type { FoundSession, Leftover, NextInLog } from './readSession.js';
import { RecordLog } from './recordLog.js';
import type { LogEntry } from './recordShapes.js';
import { removeSession } from './removeSession.js';
import { Reserve } from './reserve.js';
import { setAside } from './setAside.js';
import { type SpoolPlace, sessionIn, sessionsIn } from './spoolPlace.js';
import { type OnTrouble, untilDone } from './untilDone.js';

/** How long a disk that refuses is waited for, ms. */
const PATIENCE_MS = 5000;

interface Opened {
  readonly log: RecordLog;
  readonly chunks: ChunkFiles;
  readonly release: () => Promise<void>;
}

/** The directory of a session, while it is ours: its log and its chunks. */
export class SessionDirectory {
  /** Told when the disk refuses something that will be tried again. */
  onTrouble: OnTrouble = () => {};
  readonly #tellTrouble: OnTrouble = (error, inMs) => this.onTrouble(error, inMs);
  /** Fails when nobody waits for the disk any more. */
  readonly #left$ = new ReplaySubject<never>(1);
  readonly #opened: Promise<Opened>;
  #clearing: Promise<unknown> = Promise.resolve();
  #hasLeft = false;

  private constructor(
    readonly id: SessionId,
    private readonly place: SpoolPlace,
    open: (directory: SessionDirectory) => Promise<Opened>,
  ) {
    this.#opened = open(this);
    this.#opened.catch(() => {}); // whoever asks for something hears of it
  }

  /** Makes the directory of a new session, in the background: it takes records and chunks from now on. Its first record has to be `asked`. */
  static make(id: SessionId, place: SpoolPlace, owner: Owner, asked: Asked): SessionDirectory {
    const { root, disk, lock, clock } = place;
    const open = async (directory: SessionDirectory): Promise<Opened> => {
      await disk.makeDirectory(sessionsIn(root));
      // Locked before anybody can see it: others take over what they find without an owner.
      const release = await lock(sessionsIn(root), id);
      if (release === undefined) throw new SpoolError(sessionIn(root, id), 'belongs to another process');
      try {
        await disk.makeDirectory(join(sessionIn(root, id), 'chunks'));
        const at = clock.wallMs();
        await writeAsked(disk, sessionIn(root, id), { owner, asked, at });
        const opened = await directory.#openWith(release, { nextSeq: 0, nextSegment: 0 });
        if (directory.#hasLeft) throw new SpoolError(sessionIn(root, id), 'was made when nobody waited any more');
        void opened.log.append({ type: 'owner', owner }, at, 'soon');
        return opened;
      } catch (error) {
        await release();
        throw error;
      }
    };
    return new SessionDirectory(id, place, (directory) =>
      untilDone(() => open(directory), clock, directory.#tellTrouble, directory.#left$),
    );
  }

  /** Goes on with a directory that is ours by now, and whose records end before `nextSeq`. */
  static takeOver(id: SessionId, place: SpoolPlace, release: () => Promise<void>, next: NextInLog): SessionDirectory {
    return new SessionDirectory(id, place, (directory) => directory.#openWith(release, next));
  }

  /** Resolves when the record and all before it are safe. */
  async append(said: LogEntry, at: number, when: 'now' | 'soon'): Promise<void> {
    const { log } = await this.#opened;
    await log.append(said, at, when);
  }

  async keep(chunk: ChunkRef, time: ChunkTime, body: EncodedChunk): Promise<{ file: string; crc: number }> {
    const { chunks } = await this.#opened;
    return chunks.keep(chunk, time, body);
  }

  async read(file: string): Promise<ChunkContents> {
    const { chunks } = await this.#opened;
    return chunks.read(file);
  }

  async remove(file: string): Promise<void> {
    const { chunks } = await this.#opened;
    await untilDone(() => chunks.remove(file), this.place.clock, this.#tellTrouble, this.#left$);
  }

  async quarantine(file: string): Promise<void> {
    const { chunks } = await this.#opened;
    await chunks.quarantine(file);
  }

  /** Clears away what nobody needs, and sets aside what nobody can read; what the disk refuses now stays for the next owner. */
  async tidy({ leftovers, unreadable }: Pick<FoundSession, 'leftovers' | 'unreadable'>): Promise<void> {
    const { chunks } = await this.#opened;
    const work = [
      ...leftovers.flatMap(({ file, fate }) => (fate === undefined ? chunks.remove(file) : [])),
      ...unreadable.map((file) => chunks.quarantine(file)),
      chunks.sweep(),
    ];
    this.#clearing = Promise.allSettled(leftovers.map((leftover) => this.#clear(leftover)));
    await Promise.allSettled(work);
  }

  /**
   * Says once more what became of a chunk, and removes its file: after a sync that failed, what the system shows may be nowhere else.
   * Nobody waits for it, for a disk may refuse for long.
   */
  async #clear({ file, fate }: Leftover): Promise<void> {
    if (fate === undefined) return;
    await this.append(fate.said, fate.at, 'soon');
    await this.remove(file);
  }

  /** Gives the directory up; with `isDone` it goes, unless something was set aside in it that nobody has looked at. */
  async leave(isDone: boolean): Promise<void> {
    const { root, disk, clock } = this.place;
    const opened = await firstValueFrom(
      race(this.#opened, waitOf(PATIENCE_MS, clock.scheduler).pipe(map(() => undefined))),
    );
    this.#hasLeft = true;
    this.#left$.error(new SpoolError(sessionIn(root, this.id), 'was closed before the disk took all of it'));
    if (opened === undefined) return; // there is nothing to give up
    const { log, chunks, release } = opened;
    chunks.close();
    await log.close(PATIENCE_MS);
    await this.#clearing;
    try {
      if (isDone && (await setAside(disk, sessionIn(root, this.id))).length === 0) {
        await removeSession(this.place, this.id);
      }
    } catch (error) {
      this.onTrouble(error, 0); // whoever finds it next removes it: its records say that it is done
    }
    await release();
  }

  async #openWith(release: () => Promise<void>, next: NextInLog): Promise<Opened> {
    const { root, disk, clock } = this.place;
    const path = sessionIn(root, this.id);
    const onTrouble = this.#tellTrouble;
    const reserve = new Reserve(disk, join(path, 'reserve'), clock);
    await reserve.take();
    const chunks = new ChunkFiles(disk, join(path, 'chunks'), { clock, onTrouble });
    return { log: new RecordLog(disk, path, { ...next, clock, onTrouble, reserve }), chunks, release };
  }
}
