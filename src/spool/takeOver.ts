import { join } from 'node:path';
import { concatMap, defer, filter, firstValueFrom, from, type Observable, race } from 'rxjs';
import { waitOf } from '../flow/waitOf.js';
import type { Asked } from '../model/asked.js';
import type { SessionId } from '../model/identifiers.js';
import type { Links } from '../model/links.js';
import { DiskJournal } from './diskJournal.js';
import { mayDeliver } from './owner.js';
import { quarantineDamage } from './quarantineDamage.js';
import { type FoundSession, readSession } from './readSession.js';
import { segmentNumber } from './recordSegment.js';
import { removeGone, removeSession } from './removeSession.js';
import { SessionDirectory } from './sessionDirectory.js';
import { setAside } from './setAside.js';
import type { Space } from './space.js';
import { goneIdOf, isSessionId, sessionIn, sessionsIn } from './spoolPlace.js';
import type { SpoolUse } from './spoolUse.js';

/** What is there before a session has said what it is. */
const BEFORE_ASKED = new Set(['chunks', 'asked.draft']);

/** How long a takeover that is under way holds up the closing, ms. */
const PATIENCE_MS = 5000;

/** Takes over the sessions of dead processes that have something to deliver, or no end yet: each once. */
export class TakeOver {
  readonly #tried = new Set<string>();
  /** Bytes of the sessions that are not ours: their room is free again when others have removed them. */
  readonly #leftAlone = new Map<SessionId, number>();
  #taking: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  /** What is there now. */
  readonly found$: Observable<DiskJournal> = defer(() => this.#names()).pipe(
    concatMap((names) => from(names)),
    concatMap((id) => {
      const taking = this.#take(id);
      this.#taking = taking;
      return taking;
    }),
    filter((journal) => journal !== undefined),
  );

  constructor(
    private readonly options: SpoolUse,
    private readonly space: Space,
    /** The journals of this process, which those it takes over join. */
    private readonly open: Map<SessionId, DiskJournal>,
  ) {}

  /** A session of this process from now on, until it is over; then it is for others to try. */
  owns(journal: DiskJournal): void {
    this.#tried.add(journal.id);
    this.open.set(journal.id, journal);
    void journal.released.then(() => {
      this.open.delete(journal.id);
      this.#leftAlone.set(journal.id, journal.bytes);
    });
  }

  /** Resolves when nothing is being taken over. What a disk answers too late is given back at once. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await firstValueFrom(race(from(this.#taking), waitOf(PATIENCE_MS, this.options.clock.scheduler)));
  }

  async #names(): Promise<readonly SessionId[]> {
    const { disk, root, sendAgain } = this.options;
    const entries = await disk.list(sessionsIn(root)).catch(() => undefined);
    if (entries === undefined) return []; // no spool yet
    this.#makeRoom(new Set(entries.map(({ name }) => name)));
    for (const { name } of entries) {
      const id = goneIdOf(name);
      if (id !== undefined) await removeGone(this.options, id).catch(() => {}); // next time, then
    }
    return entries
      .flatMap(({ name, kind }) => (kind === 'directory' && isSessionId(name) ? name : []))
      .filter((id) => !this.#tried.has(id) && !this.open.has(id))
      .filter((id) => sendAgain === undefined || sendAgain.session === id);
  }

  #makeRoom(there: ReadonlySet<string>): void {
    for (const [id, bytes] of this.#leftAlone)
      if (!there.has(id)) {
        this.#leftAlone.delete(id);
        this.space.give(bytes);
      }
  }

  async #take(id: SessionId): Promise<DiskJournal | undefined> {
    const { lock, root } = this.options;
    const release = await lock(sessionsIn(root), id).catch(() => undefined);
    if (release === undefined) return undefined; // its owner lives
    const journal = await this.#open(id, release).catch(() => undefined); // gone meanwhile, or unreadable: `spool ls` tells
    if (journal === undefined) {
      await release();
      return undefined;
    }
    // Also when nobody listens any more: whoever closes the journals then gives it back.
    this.owns(journal);
    if (this.#isClosed) void journal.leave();
    return journal;
  }

  async #open(id: SessionId, release: () => Promise<void>): Promise<DiskJournal | undefined> {
    const { disk, root, clock } = this.options;
    const names = (await disk.list(sessionIn(root, id))).map(({ name }) => name);
    const found = await readSession(this.options, id);
    this.#tried.add(id);
    const { contents } = found;
    const isDone = contents.isDone && !found.isFuture && (await setAside(disk, sessionIn(root, id))).length === 0;
    const isStillborn = names.every((name) => BEFORE_ASKED.has(name)) && contents.bytes + found.unreadable.length === 0;
    if (isDone || isStillborn) {
      await removeSession(this.options, id);
      return undefined;
    }
    this.space.found(contents.bytes);
    const reason = this.#leftAloneFor(found);
    if (reason !== undefined && reason !== 'nothing to do') this.options.onWarning?.(`session ${id} ${reason}`);
    if (reason !== undefined || contents.asked === undefined) {
      this.#leftAlone.set(id, contents.bytes);
      return undefined;
    }
    await this.#makeSafe(id, names);
    const directory = SessionDirectory.takeOver(id, this.options, release, found.next);
    const damage = await quarantineDamage(disk, sessionIn(root, id), found.damage);
    await directory.tidy(found);
    const asked = withLinks(contents.asked, this.options.sendAgain?.links);
    const journal = new DiskJournal(asked, {
      directory,
      space: this.space,
      clock,
      found: contents,
      damage,
      mayContinue: this.options.sendAgain !== undefined,
      mostHeldBytes: this.options.mostHeldBytes,
    });
    if (this.options.sendAgain !== undefined) this.#sendAgain(journal, directory, found);
    return journal;
  }

  /** What its owner had not synced is acted upon from here on: a power cut must not take it back. A disk that refuses holds up nothing. */
  async #makeSafe(id: SessionId, names: readonly string[]): Promise<void> {
    const { disk, root } = this.options;
    const path = sessionIn(root, id);
    const segments = names.filter((name) => segmentNumber(name) !== undefined);
    await Promise.allSettled(segments.map((name) => disk.syncFile(join(path, name))));
    await Promise.allSettled([path, join(path, 'chunks')].map((directory) => disk.syncDirectory(directory)));
  }

  /** Why a session stays where it is; nothing when it is this process's to deliver. */
  #leftAloneFor({ contents, isFuture }: FoundSession): string | undefined {
    const { ownerOf, sendAgain } = this.options;
    const { owner, asked, stream, isClosed, undelivered } = contents;
    if (isFuture) return 'in the spool was written by a later version: update, to have it delivered';
    if (owner === undefined || asked === undefined) return 'in the spool cannot be read: see `epistream spool verify`';
    const us = ownerOf(contents.id);
    if (us.endpoint !== owner.endpoint || (isClosed && undelivered.size === 0 && sendAgain === undefined))
      return 'nothing to do';
    if (sendAgain?.adopt === true || mayDeliver(us, owner, stream !== undefined)) return undefined;
    return 'in the spool was made with another key: `epistream spool retry --adopt` sends it with this one';
  }

  #sendAgain(journal: DiskJournal, directory: SessionDirectory, { contents }: FoundSession): void {
    const { clock, ownerOf } = this.options;
    directory.append({ type: 'owner', owner: ownerOf(journal.id) }, clock.wallMs(), 'soon').catch(() => {}); // as those after it
    journal.append({ type: 'asked', asked: journal.asked });
    for (const { chunk } of [...contents.deadLetters.values()]) journal.append({ type: 'retried', chunk });
  }
}

/** As it was asked, but for the links that somebody has corrected. */
const withLinks = (asked: Asked, links: Links = {}): Asked =>
  asked.kind === 'rheed'
    ? { ...asked, options: { ...asked.options, ...links } }
    : { ...asked, options: { ...asked.options, ...links } };
