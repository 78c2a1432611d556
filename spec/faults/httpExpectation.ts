import type { Case } from './httpCase.js';

/** What becomes of a session. */
export type Expectation =
  /** All of it is there, in one stream that has its end. */
  | 'delivered'
  /** One chunk was refused for good and is named; the rest is there. */
  | 'deadLetter'
  /** The platform closed the stream: a continuation has the rest. */
  | 'continued'
  /** An error, and no stream. */
  | 'notOpened'
  /** An error that names the stream, which was ended. */
  | 'notLinked'
  /** An error: all chunks are there, the end is not. */
  | 'notEnded';

/** The answer table, as the design words it. */
export const expectationOf = (one: Case): Expectation => {
  const { fault, phase } = one;
  const status = fault.type === 'answer' || fault.type === 'answerEarly' ? fault.status : 0;
  if (phase === 'clock') return 'delivered'; // times then go out as the host tells them
  if (phase === 'put') return status === 413 ? 'deadLetter' : 'delivered';
  switch (status) {
    case 401:
    case 403:
      return keyMayHeal(one) ? 'delivered' : 'notOpened';
    case 400:
    case 413:
    case 422:
      return refused[phase];
    case 404:
    case 409:
    case 410:
      return phase === 'presign' ? 'continued' : phase === 'end' ? 'delivered' : refused[phase];
    default:
      return 'delivered';
  }
};

const refused = {
  resolve: 'notOpened',
  create: 'notOpened',
  link: 'notLinked',
  presign: 'deadLetter',
  end: 'notEnded',
} as const;

/** It has worked before, or somebody is asked for another. */
const keyMayHeal = ({ phase, isLinked, hasKeyFunction }: Case): boolean =>
  hasKeyFunction || phase === 'link' || phase === 'presign' || phase === 'end' || (phase === 'create' && isLinked);
