import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { inspect } from 'node:util';
import { jest } from '@jest/globals';
import type { Platform } from '../../src/delivery/platform.js';
import type { Logger } from '../../src/model/logger.js';

/** A thing as a debugger prints it. */
export const inspected = (thing: unknown, depth = Number.POSITIVE_INFINITY): string =>
  inspect(thing, { depth, showHidden: true, maxStringLength: null });

/** Every text, name and buffer that can be reached from a thing: what `inspected` would show, were it to print each object once. */
export const reachableFrom = (thing: unknown): string[] => {
  const seen = new Set<unknown>([thing]);
  const texts: string[] = [];
  for (const one of seen) {
    if (typeof one === 'string') texts.push(one);
    if (ArrayBuffer.isView(one)) texts.push(Buffer.from(one.buffer, one.byteOffset, one.byteLength).toString('latin1'));
    if (one instanceof Map || one instanceof Set) for (const entry of one) seen.add(entry);
    if (ArrayBuffer.isView(one) || (typeof one !== 'object' && typeof one !== 'function') || one === null) continue;
    for (const key of Reflect.ownKeys(one)) {
      texts.push(String(key));
      seen.add(Object.getOwnPropertyDescriptor(one, key)?.value);
    }
  }
  return texts;
};

/** All that was said, by where it was said. */
export class SecretSinks {
  readonly #texts = new Map<string, string[]>();

  say(sink: string, ...texts: readonly string[]): void {
    this.#texts.set(sink, [...(this.#texts.get(sink) ?? []), ...texts]);
  }

  of(sink: string): string {
    return (this.#texts.get(sink) ?? []).join('\n');
  }

  /** What a platform tells its subscribers. */
  watch(platform: Platform): void {
    platform.events$.subscribe((event) => {
      this.say('events as JSON', JSON.stringify(event));
      this.say('events inspected', inspected(event));
    });
    platform.status$.subscribe((status) => {
      this.say('statuses as JSON', JSON.stringify(status));
      this.say('statuses inspected', inspected(status));
    });
  }

  readonly logger: Logger = {
    error: (line) => this.say('lines of a logger: error', line),
    warn: (line) => this.say('lines of a logger: warn', line),
    info: (line) => this.say('lines of a logger: info', line),
    debug: (line) => this.say('lines of a logger: debug', line),
  };

  /** What this process hears of; the result ends it. */
  listen(): () => void {
    const channels = (['event', 'status', 'request'] as const).map((name) => {
      const hear = (message: unknown) => this.say(`epistream:${name}`, JSON.stringify(message), inspected(message));
      subscribe(`epistream:${name}`, hear);
      return () => unsubscribe(`epistream:${name}`, hear);
    });
    jest.spyOn(console, 'error').mockImplementation((...said) => this.say('stderr', said.join(' ')));
    jest.spyOn(process, 'emitWarning').mockImplementation((...said) => this.say('process warnings', said.join(' ')));
    return () => {
      for (const stop of channels) stop();
      jest.restoreAllMocks();
    };
  }

  /** An error as it may be printed, kept and sent. */
  error(name: string, error: unknown): void {
    this.say(`${name}, inspected`, inspected(error));
    this.say(`${name}, as JSON`, JSON.stringify(error), JSON.stringify(error, Object.getOwnPropertyNames(error)));
    for (let cause = error; cause !== undefined; cause = (cause as Error).cause)
      this.say(`${name}, message and stack of each cause`, String(cause), `${(cause as Error).stack}`);
  }

  /** The names and bytes of all files in a folder, by what the names match. */
  async files(dir: string, kinds: Readonly<Record<string, RegExp>>, read = (text: string) => text): Promise<void> {
    for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const name = relative(dir, path);
      for (const [sink, kind] of Object.entries(kinds))
        if (kind.test(name) && entry.isFile()) this.say(sink, name, read((await readFile(path)).toString('latin1')));
    }
  }
}
