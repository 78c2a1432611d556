import { chunkName } from '../journal/chunkName.js';
import { addToReport, emptyReport } from '../model/addToReport.js';
import type { StreamKind } from '../model/asked.js';
import type { ChunkRef } from '../model/chunkRef.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';

/** Counts what a session has come to: the frames or points that went in, and its events, folded into its report. */
export class Tally {
  items = 0;
  bytes = 0;
  retries = 0;
  /** Nothing, as long as no session has been opened. */
  report: SessionReport | undefined;
  readonly #durable = new Map<string, number>();

  constructor(private readonly kind: StreamKind) {}

  took(items: number, bytes = 0): void {
    this.items += items;
    this.bytes += bytes;
  }

  /** Undelivered frames or points that a process after this one will find. */
  get durable(): number {
    return [...this.#durable.values()].reduce((sum, items) => sum + items, 0);
  }

  /** Read, and not on the platform. */
  get undelivered(): number {
    return this.items - (this.report?.delivered ?? 0);
  }

  /** The report of a run that is left now: only what is durable outlives it. */
  get leftReport(): SessionReport | undefined {
    if (this.report === undefined) return undefined;
    const { kept, lost } = this.report;
    return { ...this.report, kept: this.durable, lost: lost + kept - this.durable };
  }

  event(event: SessionEvent): void {
    switch (event.type) {
      case 'retrying':
        this.retries++;
        return;
      case 'paused':
      case 'resumed':
      case 'overlap':
      case 'recovered':
      case 'damaged':
        return;
      case 'closed':
      case 'gaveUp':
        this.report = event.report;
        return;
      // A chunk of points grows: each revision adds its own.
      case 'durable':
      case 'retried':
        this.#keep(event.chunk, event.chunk.items);
        break;
      case 'delivered':
      case 'rejected':
      case 'lost':
        this.#keep(event.chunk, -event.chunk.items);
    }
    this.report = addToReport(this.report ?? emptyReport(event.session, this.kind), event);
  }

  #keep(chunk: ChunkRef, items: number): void {
    const name = chunkName(chunk);
    const kept = (this.#durable.get(name) ?? 0) + items;
    if (kept > 0) this.#durable.set(name, kept);
    else this.#durable.delete(name);
  }
}
