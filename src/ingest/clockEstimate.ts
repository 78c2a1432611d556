import type { ClockReading } from '../model/clockReading.js';
import type { TimeReply } from './codecs.js';

/** One exchange with the platform's clock, worked out. */
export interface ClockSample {
  /** Reference time minus host time, ms. */
  readonly offsetMs: number;
  /** The round trip without the time the platform took to answer, ms. */
  readonly delayMs: number;
  /** When the reply came, on the monotonic clock. */
  readonly atMs: number;
}

/** A moment on both of the host's clocks. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** What the samples so far say. */
export interface ClockEstimate {
  /** Newest last. */
  readonly window: readonly ClockSample[];
  /** Samples ever taken. */
  readonly taken: number;
  /** Where the offset stood at `atMs`; it slews towards the best sample's from there. */
  readonly fromMs: number;
  readonly atMs: number;
}

/** Samples taken in quick succession at the start; each sets the offset outright. */
export const BURST = 4;
const WINDOW = 8;
const STEP_MS = 1000;
const SLEW_PER_MS = 0.0005;
// Both clocks tell the time to a millisecond or so; a bigger difference is a step of the wall clock.
const CLOCKS_AGREE_MS = 10;

/**
 * NTP's four timestamps: `offset = ((received-sent) + (transmitted-back))/2`, `delay = (back-sent) - (transmitted-received)`.
 *
 * `undefined` when the host's clock was stepped meanwhile: a negative delay or hold, or clocks that disagree about the wait.
 */
export const clockSample = (sent: Moment, reply: TimeReply, back: Moment): ClockSample | undefined => {
  const { receivedAtUnixMs: received, transmittedAtUnixMs: transmitted } = reply;
  const waitedMs = back.monotonicMs - sent.monotonicMs;
  const holdMs = transmitted - received;
  const delayMs = waitedMs - holdMs;
  const stepMs = Math.abs(back.wallMs - sent.wallMs - waitedMs);
  if (delayMs < 0 || holdMs < 0 || stepMs > CLOCKS_AGREE_MS) return undefined;
  return {
    offsetMs: (received - sent.wallMs + (transmitted - (sent.wallMs + waitedMs))) / 2,
    delayMs,
    atMs: back.monotonicMs,
  };
};

/** The estimate with one more sample. */
export const addSample = (estimate: ClockEstimate | undefined, sample: ClockSample): ClockEstimate => {
  if (estimate === undefined) return { window: [sample], taken: 1, fromMs: sample.offsetMs, atMs: sample.atMs };
  // Older samples of a clock that has been set since say nothing about it.
  const jumped = Math.abs(sample.offsetMs - bestOf(estimate).offsetMs) > STEP_MS + sample.delayMs;
  const window = jumped ? [sample] : [...estimate.window, sample].slice(-WINDOW);
  const next = { ...estimate, window, taken: estimate.taken + 1, atMs: sample.atMs };
  const { offsetMs } = bestOf(next);
  const standsAt = offsetAt(estimate, sample.atMs);
  const isSet = next.taken <= BURST || Math.abs(offsetMs - standsAt) > STEP_MS;
  return { ...next, fromMs: isSet ? offsetMs : standsAt };
};

/** The sample with the lowest delay; of equals the newest. */
const bestOf = ({ window }: Pick<ClockEstimate, 'window'>): ClockSample =>
  window.reduce((best, sample) => (sample.delayMs <= best.delayMs ? sample : best));

/** The offset at a moment, ms: slewed, so that times never run backwards. */
export const offsetAt = (estimate: ClockEstimate, monotonicMs: number): number => {
  const { offsetMs } = bestOf(estimate);
  const wayMs = offsetMs - estimate.fromMs;
  const slewedMs = Math.max(0, monotonicMs - estimate.atMs) * SLEW_PER_MS;
  return slewedMs < Math.abs(wayMs) ? estimate.fromMs + Math.sign(wayMs) * slewedMs : offsetMs;
};

/** Whether the offset has arrived where the best sample wants it. */
export const isSettled = (estimate: ClockEstimate, monotonicMs: number): boolean =>
  offsetAt(estimate, monotonicMs) === bestOf(estimate).offsetMs;

/** What the estimate says now. What is still to slew counts as uncertainty. */
export const readingOf = (estimate: ClockEstimate, { wallMs, monotonicMs }: Moment): ClockReading => {
  const { offsetMs: wantedMs, delayMs } = bestOf(estimate);
  const offsetMs = offsetAt(estimate, monotonicMs);
  return { offsetMs, uncertaintyMs: delayMs / 2 + Math.abs(wantedMs - offsetMs), takenAt: wallMs };
};
