import { IngestError, SpoolError } from '../model/errors.js';

/** What a failed attempt means for what was attempted. */
export type Verdict =
  /** It may succeed later. An outage holds everybody else back, too. */
  | { readonly means: 'retry'; readonly outage: boolean }
  /** It waits for somebody to mend the key (every session) or its rights (this session). */
  | { readonly means: 'pause'; readonly whom: 'platform' | 'session' }
  /** The platform has closed the stream. */
  | { readonly means: 'closed' }
  /** What was kept cannot be read back as it was. */
  | { readonly means: 'damaged' }
  /** It will never succeed as it is. */
  | { readonly means: 'refused' };

const retry = (outage: boolean): Verdict => ({ means: 'retry', outage });
const refused: Verdict = { means: 'refused' };

const isPassing = (status: number): boolean => status >= 500 || status === 408 || status === 425 || status === 429;

const ofStorage = (status: number): Verdict => {
  // Storages answer 400 and 403 to a stale URL, so any refusal but of the size deserves a fresh one.
  return status === 413 ? refused : retry(isPassing(status));
};

const ofApi = (status: number, step: IngestError['context']['step'], keyMayHeal: boolean): Verdict => {
  // 503 at the end means that the analysis still runs: routine, nobody else has to wait.
  if (isPassing(status)) return retry(!(step === 'end' && status === 503));
  if (status === 401) return keyMayHeal ? { means: 'pause', whom: 'platform' } : refused;
  if (status === 403) return keyMayHeal ? { means: 'pause', whom: 'session' } : refused;
  const isOfStream = step === 'presign' || step === 'send' || step === 'end';
  return isOfStream && GONE.has(status) ? { means: 'closed' } : refused;
};

const GONE: ReadonlySet<number | undefined> = new Set([404, 409, 410]);
/** A disk that is asked for too much at once, or a file that a scanner holds, is read later. */
const BUSY: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY', 'EACCES', 'EPERM']);

/** A chunk that could not be read back, or a fault of ours, which repeating does not mend. */
const ofUs = (error: unknown): Verdict => {
  const { code } = Object(error) as { code?: unknown };
  if (error instanceof SpoolError || code === 'ENOENT') return { means: 'damaged' };
  return BUSY.has(code) ? retry(false) : refused;
};

/** The answer table. `keyMayHeal`: the key has worked before, may be another at the next call, or something durable waits for a better one. */
export const verdictOn = (error: unknown, keyMayHeal: boolean): Verdict => {
  if (!(error instanceof IngestError)) return ofUs(error);
  const { from, status = 0, step } = error.context;
  switch (from) {
    case 'network':
    case 'reply':
      return retry(true);
    case 'storage':
      return ofStorage(status);
    case 'api':
      return ofApi(status, step, keyMayHeal);
  }
};

/** The platform has no such stream, or has closed it; or has no such link. */
export const isGone = (error: unknown): boolean => error instanceof IngestError && GONE.has(error.context.status);

/** The platform has answered, and not that it refuses the key. */
export const hasTakenKey = (error: unknown): boolean => {
  if (!(error instanceof IngestError)) return false;
  const { from, status } = error.context;
  return from !== 'api' || (status !== 401 && status !== 403);
};
