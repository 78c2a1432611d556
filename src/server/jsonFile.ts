import { readFile } from 'node:fs/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { InputError } from '../model/errors.js';
import type { DurableFiles } from './durableFiles.js';
import { ifThere } from './ifThere.js';

/** A value that is kept in a file as JSON, whole or as it was before. */
export class JsonFile<A> {
  private constructor(
    private readonly path: string,
    private readonly files: DurableFiles,
    private current: A,
  ) {}

  /** A file that gets its first value with the first `write`; until then `initial` stands in. */
  static make<A>(path: string, files: DurableFiles, initial: A): JsonFile<A> {
    return new JsonFile(path, files, initial);
  }

  /** The file, if there is one. Throws an `InputError` when it holds something else. */
  static async open<A>(path: string, files: DurableFiles, codec: t.Type<A>): Promise<JsonFile<A> | undefined> {
    const text = await ifThere(readFile(path, 'utf8'), undefined);
    if (text === undefined) return undefined;
    const decoded = codec.decode(parse(text));
    if (isLeft(decoded)) throw new InputError('dataDir', path, 'must hold files as this platform wrote them');
    return new JsonFile(path, files, decoded.right);
  }

  get value(): A {
    return this.current;
  }

  async write(value: A): Promise<void> {
    await this.files.write(this.path, Buffer.from(JSON.stringify(value, null, 2)));
    this.current = value;
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
