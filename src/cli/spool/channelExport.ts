import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChannelPoints, decodePoints } from '../../model/channelPoints.js';
import { portableName } from '../../server/portableName.js';
import type { SpooledBody } from '../../spool/spoolChunks.js';
import type { SpooledChunk } from '../../spool/spooledChunk.js';
import type { SessionExport } from './sessionExport.js';

const HEAD = 'time,unix_ms,value,units\r\n';

/** Writes chunks of points as CSV (RFC 4180), a file a channel, its points in their order. */
export class ChannelExport implements SessionExport {
  /** Points written. */
  items = 0;
  readonly #files = new Map<string, string>();

  constructor(private readonly directory: string) {}

  async put(_: SpooledChunk, { bytes }: SpooledBody): Promise<void> {
    for (const points of decodePoints([bytes])) {
      const { channel, times } = points;
      const isNew = !this.#files.has(channel);
      await appendFile(join(this.directory, this.#fileOf(channel)), `${isNew ? HEAD : ''}${linesOf(points)}`);
      this.items += times.length;
    }
  }

  /** Which file is of which channel: not every name of a channel can be that of a file. */
  async finish(): Promise<{ readonly files: Readonly<Record<string, string>> }> {
    return { files: Object.fromEntries(this.#files) };
  }

  #fileOf(channel: string): string {
    const known = this.#files.get(channel);
    if (known !== undefined) return known;
    const taken = new Set([...this.#files.values()].map((file) => file.toLowerCase()));
    const file = `${portableName(channel, (name) => taken.has(`${name}.csv`))}.csv`;
    this.#files.set(channel, file);
    return file;
  }
}

const linesOf = ({ units = '', times, values }: ChannelPoints): string =>
  times
    .map((t, k) => {
      const value = values[k] ?? Number.NaN;
      return `${new Date(t).toISOString()},${t},${Number.isFinite(value) ? value : ''},${quoted(units)}\r\n`;
    })
    .join('');

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
