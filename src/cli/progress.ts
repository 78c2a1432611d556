import type { SpoolStatus } from '../model/spoolStatus.js';
import { count, duration, size } from './quantity.js';

/** How far one of a run's inputs is. */
export interface FeedProgress {
  readonly noun: string;
  /** Frames or points that reached the session, and the bytes of their pixels. */
  readonly read: number;
  readonly bytes?: number;
  /** Files found, for frames; a TIFF may hold more than one. */
  readonly total?: number;
  readonly delivered: number;
}

/** How far a run is, at a moment. */
export interface Progress {
  /** Monotonic, ms. */
  readonly atMs: number;
  readonly feeds: readonly FeedProgress[];
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
  const feeds = now.feeds.map((feed, index) => {
    const { read = 0, bytes = 0 } = before.feeds[index] ?? {};
    return { ...feed, perSecond: rate(feed.read - read), bytesPerSecond: rate((feed.bytes ?? 0) - bytes) };
  });
  const left = now.isStopped ? 0 : Math.max(0, ...feeds.map(secondsLeft));
  return [
    // First, for a terminal cuts the line.
    ...(now.waitsFor === undefined ? [] : [`waiting for ${now.waitsFor}`]),
    ...feeds.flatMap((feed) => feedText(feed, now.isStopped ?? false)),
    ...(now.undelivered > 0 ? [`${count(now.undelivered, 'chunk')} waiting`] : []),
    `${now.retries} ${now.retries === 1 ? 'retry' : 'retries'}`,
    ...(left > 0 ? [`${duration(left)} left`] : []),
    ...(now.spool === undefined ? [] : [spoolText(now.spool)]),
    `budget ${Math.round((now.heldBytes / now.budgetBytes) * 100)} %`,
  ].join(', ');
};

interface FeedRates extends FeedProgress {
  readonly perSecond: number;
  readonly bytesPerSecond: number;
}

/** 0 where it is not known. */
const secondsLeft = ({ read, total = 0, perSecond }: FeedRates): number =>
  perSecond > 0 ? (total - read) / perSecond : 0;

const feedText = ({ noun, read, bytes, total, delivered, bytesPerSecond }: FeedRates, isStopped: boolean): string[] => [
  isStopped
    ? `${count(read, noun)} read`
    : `${read}${total !== undefined && total >= read ? ` of ${total}` : ''} ${noun}s`,
  ...(bytes === undefined ? [] : [`${(bytesPerSecond / 1e6).toFixed(1)} MB/s`]),
  `${delivered} delivered`,
];

const WORTH_TELLING_HOURS = 30 * 24;

/** How much of a spool is used, and how long the rest will do. */
export const spoolText = ({ usedBytes, roomBytes, isFull, hoursLeft }: SpoolStatus): string => {
  // Nobody has asked the disk yet, or it does not tell.
  if (!Number.isFinite(roomBytes)) return `spool ${size(usedBytes)}`;
  const isNear = hoursLeft !== undefined && hoursLeft <= WORTH_TELLING_HOURS;
  const left = isNear && !isFull ? ` (full in ${duration(hoursLeft * 3600)})` : '';
  return `spool ${isFull ? 'full: ' : ''}${size(usedBytes)} of ${size(usedBytes + roomBytes)}${left}`;
};
