import type { Fault, FaultPhase } from '../../src/testing/faultServer.js';
import { Choices } from './httpRandom.js';

/** The calls of a session, as the battery names them. */
export const phases = ['clock', 'resolve', 'create', 'link', 'presign', 'put', 'end'] as const satisfies FaultPhase[];
export type Phase = (typeof phases)[number];

/** A fault of the battery: what it is called, what it is made of, and where it makes sense. */
export interface NamedFault {
  readonly name: string;
  make(choices: Choices, phase: Phase): Fault;
  /** Default: everywhere. */
  readonly phases?: readonly Phase[];
}

/** One session and what befalls it. */
export interface Case {
  readonly name: string;
  readonly phase: Phase;
  readonly choices: Choices;
  readonly fault: Fault;
  /** Requests of the phase that pass before, and how many suffer then. */
  readonly after: number;
  readonly times: number;
  readonly chunks: number;
  readonly inFlight: number;
  readonly isLinked: boolean;
  readonly hasKeyFunction: boolean;
}

/** Refusals are final, and a second one would befall something else; a storage's are not, but for the size. */
const isFinal = (fault: Fault, phase: Phase): boolean => {
  if (fault.type === 'answerEarly') return true;
  if (fault.type !== 'answer') return false;
  return phase === 'put' ? fault.status === 413 : [400, 404, 409, 410, 413, 422].includes(fault.status);
};

/** How many requests of a phase a session makes at least. */
const requestsOf = (phase: Phase, chunks: number): number =>
  ({ clock: 1, resolve: 4, create: 1, link: 3, presign: chunks, put: chunks, end: 1 })[phase];

export const caseOf = (seed: number, { name, make }: NamedFault, phase: Phase, repetition: number): Case => {
  const choices = new Choices(seed, `${name} ${phase} ${repetition}`);
  const fault = make(choices, phase);
  const chunks = choices.whole(1, 4);
  return {
    name: `${phase} ${name} #${repetition}`,
    phase,
    choices,
    fault,
    chunks,
    after: choices.whole(0, requestsOf(phase, chunks) - 1),
    times: isFinal(fault, phase) ? 1 : choices.whole(1, 3),
    inFlight: choices.whole(1, 4),
    isLinked: phase === 'resolve' || phase === 'link' || choices.chance(),
    hasKeyFunction: choices.chance(),
  };
};
