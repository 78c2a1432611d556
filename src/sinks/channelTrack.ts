import { InputError } from '../model/errors.js';
import type { TimeBase } from '../model/frame.js';
import type { Gap } from '../model/gap.js';

/** What is known of a channel: it stays so for the whole session. */
export class ChannelTrack {
  #units: string | undefined;
  #timeBase: TimeBase | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #dropped: Gap | undefined;

  /** @param channel blank for rows of several */
  constructor(readonly channel: string) {}

  get units(): string | undefined {
    return this.#units;
  }

  get timeBase(): TimeBase {
    return this.#timeBase ?? 'host';
  }

  /** Throws an `InputError` when the channel changes units, or its clock where one chunk has points of several moments. */
  check(units: string | undefined, timeBase?: TimeBase): void {
    if (this.#units !== undefined && units !== undefined && units !== this.#units)
      throw new InputError('units', units, `must stay ${this.#units} for the whole session (channel ${this.channel})`);
    if (timeBase !== undefined && this.#timeBase !== undefined && timeBase !== this.#timeBase)
      throw new InputError('timeBase', timeBase, `must stay '${this.#timeBase}' (channel ${this.channel})`);
  }

  /** Throws an `InputError` unless each time comes after the one before it. */
  checkOrder(times: readonly number[]): void {
    let last = this.#lastMs;
    for (const t of times) {
      if (!(t > last)) throw this.#disorder(t, last);
      last = t;
    }
  }

  /** The time comes after the last one, or may be anywhere. Otherwise it throws, or counts the point as dropped. */
  takes(t: number, onDisorder: 'error' | 'drop' | 'keep'): boolean {
    if (t > this.#lastMs || onDisorder === 'keep') return true;
    if (onDisorder === 'error') throw this.#disorder(t, this.#lastMs, " (onDisorder: 'drop' leaves such points out)");
    const { frames = 0, fromMs = t, toMs = t } = this.#dropped ?? {};
    this.#dropped = {
      frames: frames + 1,
      fromMs: Math.min(fromMs, t),
      toMs: Math.max(toMs, t),
      cause: 'policy',
      channel: this.channel === '' ? 'rows' : this.channel,
    };
    return false;
  }

  /** Has taken points up to this moment. */
  took(lastMs: number, units: string | undefined, timeBase: TimeBase): void {
    this.#lastMs = Math.max(this.#lastMs, lastMs);
    this.#units ??= units;
    this.#timeBase ??= timeBase;
  }

  /** What was dropped since the last time somebody asked: one hole, however many points. */
  takeDropped(): Gap | undefined {
    const dropped = this.#dropped;
    this.#dropped = undefined;
    return dropped;
  }

  #disorder(t: number, last: number, hint = ''): InputError {
    const what = t === last ? 'is there already' : `is before ${new Date(last).toISOString()}`;
    return new InputError(
      't',
      t,
      `must be after the last ${this.channel === '' ? 'row' : `of channel ${this.channel}`}: ${new Date(t).toISOString()} ${what}${hint}`,
    );
  }
}
