import type { Problem } from './problem.js';
import type { SessionReport } from './sessionReport.js';

/** The base of every error of this library: told apart by `_tag`, with a typed `context` and, where there is one, a `cause`. */
export abstract class EpistreamError<Tag extends string, Context> extends Error {
  abstract readonly _tag: Tag;

  constructor(
    message: string,
    readonly context: Context,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An option or a frame breaks a rule. Nothing was sent for it. Correct the field and start again. */
export class InputError extends EpistreamError<
  'InputError',
  { readonly field: string; readonly value: unknown; readonly rule: string }
> {
  readonly _tag = 'InputError';

  constructor(field: string, value: unknown, rule: string, options?: ErrorOptions) {
    super(`${field} ${rule}, and is ${describe(value)}`, { field, value, rule }, options);
  }
}

/** An image file could not be read as a frame. The frames before it were delivered; repair or remove the file. */
export class ImageError extends EpistreamError<'ImageError', { readonly path: string; readonly reason: string }> {
  readonly _tag = 'ImageError';

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`cannot read ${path} as a frame: ${reason}`, { path, reason }, options);
  }
}

/** A log could not be read: a row in it, or the file. The readings before it were delivered; correct the row, or have such rows dropped. */
export class LogError extends EpistreamError<
  'LogError',
  { readonly path: string; readonly reason: string; readonly line?: number; readonly content?: string }
> {
  readonly _tag = 'LogError';

  constructor(
    path: string,
    reason: string,
    row?: { readonly line: number; readonly content: string },
    cause?: unknown,
  ) {
    const where = row === undefined ? path : `${path}, line ${row.line} (${describe(row.content)})`;
    super(`${where}: ${reason}`, { path, reason, ...row }, causeOf(cause));
  }
}

/** The byte budget is used up and the overflow policy is `'error'`, as a streamer's `push` always has it. Give the budget more bytes, or choose `'drop-newest'`. */
export class BudgetError extends EpistreamError<
  'BudgetError',
  { readonly usedBytes: number; readonly limitBytes: number }
> {
  readonly _tag = 'BudgetError';

  constructor(usedBytes: number, limitBytes: number) {
    super(`the budget of ${limitBytes} bytes is used up (${usedBytes} held) and its overflow policy is 'error'`, {
      usedBytes,
      limitBytes,
    });
  }
}

/** The call of the platform's API that an error came from. */
export type IngestStep =
  | 'clock'
  | 'resolve'
  | 'create'
  | 'link'
  | 'presign'
  | 'put'
  | 'send'
  | 'end'
  | 'results'
  | 'streams';

/**
 * One attempt at a call failed.
 *
 * `from` says who failed: the `'network'`, the `'api'` or the `'storage'` that answered with a status, or a `'reply'` that does
 * not decode. What is worth another attempt is retried before anyone sees this error.
 */
export class IngestError extends EpistreamError<
  'IngestError',
  {
    readonly step: IngestStep;
    readonly from: 'network' | 'api' | 'storage' | 'reply';
    readonly status?: number;
    readonly retryAfterMs?: number;
    /** `false`: no connection was made, so the request cannot have been carried out. */
    readonly reached?: boolean;
    readonly problem: Problem;
  }
> {
  readonly _tag = 'IngestError';
}

/** The session could not be opened, or not be ended. `context.report` says what was delivered, `earlier` what failed before. */
export class SessionFailedError extends EpistreamError<
  'SessionFailedError',
  {
    readonly phase: 'open' | 'end';
    readonly problem: Problem;
    readonly report: SessionReport;
    readonly earlier?: unknown;
  }
> {
  readonly _tag = 'SessionFailedError';

  constructor(phase: 'open' | 'end', problem: Problem, report: SessionReport, earlier?: unknown) {
    const said = `the session could not be ${phase === 'open' ? 'opened' : 'ended'}: ${problem.message}`;
    super(said, { phase, problem, report, ...(earlier === undefined ? {} : { earlier }) }, causeOf(earlier));
  }
}

/** The session is over and not every frame (or point) it accepted was delivered. `context.report` names what is missing and why. */
export class IncompleteSessionError extends EpistreamError<
  'IncompleteSessionError',
  { readonly report: SessionReport; readonly earlier?: unknown }
> {
  readonly _tag = 'IncompleteSessionError';

  constructor(report: SessionReport, earlier?: unknown) {
    const { kind, offered, delivered, kept, rejected, lost, ended } = report;
    const items = kind === 'rheed' ? 'frames' : 'points';
    const said = `${delivered} of ${offered} ${items} were delivered (${kept} kept, ${rejected} rejected, ${lost} lost)`;
    super(
      ended ? said : `${said}, and the stream was not ended`,
      { report, ...(earlier === undefined ? {} : { earlier }) },
      causeOf(earlier),
    );
  }
}

/** A session was asked for (a sink subscribed, `openRheed` called) after `platform.close()`. Connect again. */
export class PlatformClosedError extends EpistreamError<'PlatformClosedError', Record<never, never>> {
  readonly _tag = 'PlatformClosedError';

  constructor() {
    super('the platform has been closed: connect again for another session', {});
  }
}

/** Bytes are not a shard of this many frames: cut short, damaged, or made by other rules. Have the chunk sent again. */
export class ShardError extends EpistreamError<
  'ShardError',
  { readonly part: 'index' | 'frame'; readonly rule: string; readonly at?: number }
> {
  readonly _tag = 'ShardError';

  constructor(part: 'index' | 'frame', rule: string, at?: number, options?: ErrorOptions) {
    const where = at === undefined ? part : `${part} ${at}`;
    super(`the shard's ${where} ${rule}`, { part, rule, ...(at === undefined ? {} : { at }) }, options);
  }
}

/** An encoder could not make a shard: its worker died or has been closed. The chunk's frames are gone; later chunks are encoded anew. */
export class EncoderError extends EpistreamError<'EncoderError', { readonly reason: string }> {
  readonly _tag = 'EncoderError';

  constructor(reason: string, options?: ErrorOptions) {
    super(`the shard could not be encoded: ${reason}`, { reason }, options);
  }
}

/** The spool cannot do what it was asked: a folder that is none, a session that is not there or belongs to a running process, a damaged file. */
export class SpoolError extends EpistreamError<'SpoolError', { readonly path: string; readonly reason: string }> {
  readonly _tag = 'SpoolError';

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`${path} ${reason}`, { path, reason }, options);
  }
}

/**
 * How a live source failed: no connection, or a lost one; a connection or a subscription that the other side refuses; nothing heard
 * for too long; an end in the middle of a record; bytes that are no records; a package that is not installed.
 */
export type SourceFault = 'unreachable' | 'refused' | 'silent' | 'cut' | 'damaged' | 'not installed';

/**
 * An instrument's line, a broker or a bridge failed; what it said before has been emitted. Subscribe again to connect again (`retryBackoff`
 * does). `records` says how many good records came before the fault, where they are counted.
 */
export class SourceError extends EpistreamError<
  'SourceError',
  { readonly source: string; readonly fault: SourceFault; readonly reason: string; readonly records?: number }
> {
  readonly _tag = 'SourceError';

  constructor(source: string, fault: SourceFault, reason: string, records?: number, options?: ErrorOptions) {
    const context = { source, fault, reason, ...(records === undefined ? {} : { records }) };
    super(`${source} ${reason}`, context, options);
  }
}

const causeOf = (earlier: unknown): ErrorOptions => (earlier === undefined ? {} : { cause: earlier });

const describe = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.byteLength} bytes)`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  const { name = 'Object' } = value.constructor ?? {};
  return name === 'Object' ? 'an object' : `a ${name}`;
};
