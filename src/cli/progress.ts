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
}

/** One line for a person. Rates are those since `before`, so that a stall shows. */
export const progressText = (now: Progress, before: Progress): string => {
  const seconds = (now.atMs - before.atMs) / 1000;
  const rate = (count: number) => (seconds > 0 ? count / seconds : 0);
  const framesPerSecond = rate(now.frames - before.frames);
  const left = now.files - now.frames;
  return [
    `${now.frames}${left >= 0 ? ` of ${now.files}` : ''} frames`,
    `${(rate(now.bytes - before.bytes) / 1e6).toFixed(1)} MB/s`,
    `${now.delivered} delivered`,
    `${now.retries} ${now.retries === 1 ? 'retry' : 'retries'}`,
    ...(left > 0 && framesPerSecond > 0 ? [`${duration(left / framesPerSecond)} left`] : []),
    `budget ${Math.round((now.heldBytes / now.budgetBytes) * 100)} %`,
  ].join(', ');
};

const duration = (seconds: number): string => {
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
};
