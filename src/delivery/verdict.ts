import { IngestError } from '../model/errors.js';

/** What a failed attempt means for what was attempted. */
export type Verdict =
  /** It may succeed later. An outage holds everybody else back, too. */
  | { readonly means: 'retry'; readonly outage: boolean }
  /** It waits for somebody to mend the key (every session) or its rights (this session). */
  | { readonly means: 'pause'; readonly whom: 'platform' | 'session' }
  /** The platform has closed the stream. */
  | { readonly means: 'closed' }
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
  return isOfStream && [404, 409, 410].includes(status) ? { means: 'closed' } : refused;
};

/** The answer table. `keyMayHeal`: the key has worked before, or is asked for again at every call. */
export const verdictOn = (error: unknown, keyMayHeal: boolean): Verdict => {
  if (!(error instanceof IngestError)) return refused; // a fault of ours: repeating it mends nothing
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
