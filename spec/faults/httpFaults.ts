import type { Fault } from '../../src/testing/faultServer.js';
import type { NamedFault, Phase } from './httpCase.js';

const api: readonly Phase[] = ['clock', 'resolve', 'create', 'link', 'presign', 'end'];

const answer = (status: number, more: Partial<Extract<Fault, { type: 'answer' }>> = {}): Fault => ({
  type: 'answer',
  status,
  ...more,
});

/** A stream created behind an answer that says no is an orphan that no client knows of; behind one of a gateway it is named. */
const mayTakeEffect = (status: number, phase: Phase): boolean =>
  phase !== 'create' || status < 300 || status === 502 || status === 504;

const passing = (status: number): NamedFault => ({
  name: `${status}`,
  make: (choices, phase) =>
    answer(status, {
      takesEffect: mayTakeEffect(status, phase) && choices.chance(),
      headers: choices.chance() ? { 'retry-after': choices.chance() ? '0' : '0.05' } : {},
    }),
});

const refusal = (status: number): NamedFault => ({
  name: `${status}`,
  make: () => answer(status, { body: JSON.stringify({ detail: `refused with ${status}` }) }),
});

const storage = (status: number, code: string): NamedFault => ({
  name: `${status} ${code}`,
  phases: ['put'],
  make: () => answer(status, { body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>No</Message></Error>` }),
});

/** What happens to connections. */
export const brokenConnections: readonly NamedFault[] = [
  { name: 'refuses', make: (choices) => ({ type: 'refuse', forMs: choices.whole(5, 80) }) },
  ...[0, 0.5, 0.99].map((at): NamedFault => ({ name: `resets at ${at * 100} %`, make: () => ({ type: 'reset', at }) })),
  { name: 'accepts and never reads', make: () => ({ type: 'stall', at: 0 }) },
  { name: 'reads and never answers', make: () => ({ type: 'stall', at: 1 }) },
  { name: 'loses its reply after the commit', make: () => ({ type: 'loseReply' }) },
];

/** What happens to replies. */
export const spoiltReplies: readonly NamedFault[] = [
  { name: 'drips its headers', make: (choices) => ({ type: 'dripHeaders', everyMs: choices.whole(1, 60) }) },
  { name: 'drips its body', make: (choices) => ({ type: 'dripBody', everyMs: choices.whole(1, 200) }) },
  { name: 'cuts its JSON short of its length', make: () => ({ type: 'truncate', withLength: true }) },
  { name: 'cuts its JSON without a length', make: () => ({ type: 'truncate', withLength: false }) },
  {
    name: 'answers nothing with 200',
    // From a storage that is how success looks, so there it is one.
    make: (choices, phase) => answer(200, { takesEffect: phase === 'put' || choices.chance() }),
  },
  {
    name: 'answers a web page with 200',
    make: (choices) =>
      answer(200, {
        headers: choices.chance() ? { 'content-type': 'text/html' } : {},
        body: '<!doctype html><title>Sign in</title>',
        takesEffect: choices.chance(),
      }),
  },
  {
    name: 'answers JSON of another shape',
    phases: ['clock', 'resolve', 'create', 'presign'], // the others have no shape
    make: (choices) => answer(200, { body: choices.chance() ? '{"no":1}' : 'null', takesEffect: choices.chance() }),
  },
  { name: 'answers twice', make: () => ({ type: 'duplicate' }) },
  {
    name: 'redirects to another origin',
    make: (choices) => ({ type: 'redirect', to: ELSEWHERE, status: choices.chance() ? 307 : 302 }),
  },
];

/** Replaced by the address of a server that nobody may speak to. */
export const ELSEWHERE = 'http://elsewhere';

/** What passes by itself. */
export const passingAnswers: readonly NamedFault[] = [408, 425, 429, 500, 501, 502, 503, 504].map(passing);

/** What does not, unless somebody mends a key. */
export const refusals: readonly NamedFault[] = [
  ...[400, 401, 403, 404, 409, 410, 413, 422].map(refusal),
  { name: '413 before the body', phases: ['put'], make: () => ({ type: 'answerEarly', status: 413, at: 0.2 }) },
  storage(400, 'RequestTimeout'),
  storage(400, 'ExpiredToken'),
  storage(403, 'AccessDenied'),
];

/** The phases that a fault is tried in. */
export const phasesOf = ({ phases: only }: NamedFault): readonly Phase[] => only ?? [...api, 'put'];
