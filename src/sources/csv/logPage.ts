import { InputError, LogError } from '../../model/errors.js';
import { csvCells } from './csvCells.js';
import type { CsvDialect } from './csvDialect.js';
import { lineCutter } from './lineCutter.js';
import type { TellLog } from './logNotice.js';

/** What the rows below a header are read as. */
export interface LogTable<T> {
  /** Throws an `Error` that says why a row cannot be read. */
  row(cells: readonly string[]): readonly T[];
  /** The channels that have had no reading so far. */
  silent(): readonly string[];
}

/** A log of one file, and how it is read. */
export interface Log<T> {
  readonly path: string;
  readonly dialect: CsvDialect;
  readonly onGarbage: 'error' | 'drop';
  readonly tell: TellLog;
  /** The channels it should have readings of, should it not even have a header. */
  readonly expects: readonly string[];
  /** @throws InputError when the header is not the one the options speak of. */
  readonly tableOf: (header: readonly string[]) => LogTable<T>;
}

/**
 * Reads a file from its header on, in parts as they come. The rows before a row that cannot be read come out before its error.
 *
 * @internal
 */
export class LogPage<T> {
  readonly #log: Log<T>;
  readonly #decode: (bytes?: Uint8Array) => string;
  readonly #lines = lineCutter();
  #table: LogTable<T> | undefined;
  #line = 0;

  constructor(log: Log<T>) {
    this.#log = log;
    const decoder = new TextDecoder(log.dialect.encoding);
    this.#decode = (bytes) => decoder.decode(bytes, { stream: bytes !== undefined });
  }

  /** The channels that have had no reading; `undefined` when there was not even a header. */
  get silent(): readonly string[] | undefined {
    return this.#table?.silent();
  }

  read(bytes: Uint8Array): Generator<readonly T[]> {
    return this.#rows(this.#lines.cut(this.#decode(bytes)));
  }

  /** No more bytes will come. */
  *end(): Generator<readonly T[]> {
    yield* this.#rows(this.#lines.cut(this.#decode()));
    const content = this.#lines.rest;
    if (content.trim() === '') return;
    const { path, dialect, tell } = this.#log;
    const isHeader = dialect.header && this.#table === undefined;
    if (isHeader || dialect.unendedRow) return yield* this.#rows([content]);
    const line = this.#line + 1;
    const message = `${path}, line ${line}: the last row has no line end and was not read (it may be cut short)`;
    tell({ type: 'cut row', message, path, line, content });
  }

  *#rows(lines: readonly string[]): Generator<readonly T[]> {
    const rows: T[] = [];
    let failure: unknown;
    for (const line of lines) {
      try {
        for (const row of this.#row(line)) rows.push(row);
      } catch (error) {
        failure = this.#dropped(error, line);
        if (failure !== undefined) break;
      }
    }
    if (rows.length > 0) yield rows;
    if (failure !== undefined) throw failure;
  }

  #row(line: string): readonly T[] {
    this.#line++;
    const { delimiter, preamble, comment, header } = this.#log.dialect;
    if (this.#line <= preamble || line.trim() === '') return [];
    if (comment !== undefined && line.startsWith(comment)) return [];
    const cells = csvCells(line, delimiter);
    if (this.#table !== undefined) return this.#table.row(cells);
    const named = header ? legible(cells) : cells.map((_, index) => `${index + 1}`);
    this.#table = this.#log.tableOf(named);
    return header ? [] : this.#table.row(cells);
  }

  #dropped(cause: unknown, content: string): unknown {
    // An option that does not fit the log is no fault of the row.
    if (cause instanceof InputError) return cause;
    const { path, onGarbage, tell } = this.#log;
    const error = new LogError(path, String(Object(cause).message), { line: this.#line, content }, cause);
    if (onGarbage === 'error' || this.#table === undefined) return error;
    tell({ type: 'garbage', message: `left out: ${error.message}`, path, error });
    return undefined;
  }
}

const legible = (cells: readonly string[]): readonly string[] => {
  if (cells.some((cell) => cell.includes('\uFFFD')))
    throw new Error("its bytes are no text in the encoding (say another, such as 'latin1')");
  return cells;
};
