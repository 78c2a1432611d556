import type { SpoolStatus } from '../model/spoolStatus.js';
import { count, duration, size } from './quantity.js';

/** How far a run is, at a moment. */
export interface Progress {
  /** Monotonic, ms. */
  readonly atMs: number;
  /** Frames that reached the session, and the bytes of their pixels. */
  readonly frames: number;
  readonly bytes: number;
  /** Files found; a TIFF may hold more than one frame. */
  readonly files: number;
  readonly delivered: number;
  readonly retries: number;
  /** Bytes of the budget in use, and those there are. */
  readonly heldBytes: number;
  readonly budgetBytes: number;
  /** Chunks that the platform does not have yet, of this session and of earlier ones. */
  readonly undelivered: number;
  /** The user has asked to stop: no more is read. */
  readonly isStopped?: boolean;
  /** The key that delivery waits for, in words. */
  readonly waitsFor?: string;
  /** The disk that keeps them. */
  readonly spool?: SpoolStatus;
}

/** One line for a person. Rates are those since `before`, so that a stall shows. */
export const progressText = (now: Progress, before: Progress): string => {
  const seconds = (now.atMs - before.atMs) / 1000;
  const rate = (amount: number) => (seconds > 0 ? amount / seconds : 0);
  const framesPerSecond = rate(now.frames - before.frames);
  const left = now.files - now.frames;
  const isTimed = !now.isStopped && left > 0 && framesPerSecond > 0;
  return [
    // First, for a terminal cuts the line.
    ...(now.waitsFor === undefined ? [] : [`waiting for ${now.waitsFor}`]),
    now.isStopped ? `${count(now.frames, 'frame')} read` : `${now.frames}${left >= 0 ? ` of ${now.files}` : ''} frames`,
    `${(rate(now.bytes - before.bytes) / 1e6).toFixed(1)} MB/s`,
    `${now.delivered} delivered`,
    ...(now.undelivered > 0 ? [`${count(now.undelivered, 'chunk')} waiting`] : []),
    `${now.retries} ${now.retries === 1 ? 'retry' : 'retries'}`,
    ...(isTimed ? [`${duration(left / framesPerSecond)} left`] : []),
    ...(now.spool === undefined ? [] : [spoolText(now.spool)]),
    `budget ${Math.round((now.heldBytes / now.budgetBytes) * 100)} %`,
  ].join(', ');
};

const WORTH_TELLING_HOURS = 30 * 24;

/** How much of a spool is used, and how long the rest will do. */
export const spoolText = ({ usedBytes, roomBytes, isFull, hoursLeft }: SpoolStatus): string => {
  // Nobody has asked the disk yet, or it does not tell.
  if (!Number.isFinite(roomBytes)) return `spool ${size(usedBytes)}`;
  const isNear = hoursLeft !== undefined && hoursLeft <= WORTH_TELLING_HOURS;
  const left = isNear && !isFull ? ` (full in ${duration(hoursLeft * 3600)})` : '';
  return `spool ${isFull ? 'full: ' : ''}${size(usedBytes)} of ${size(usedBytes + roomBytes)}${left}`;
};
