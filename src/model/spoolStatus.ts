/** How full a spool is. */
export interface SpoolStatus {
  /** Its directory. */
  readonly dir: string;
  /** Bytes of chunks there: those of this process, and those it found. */
  readonly usedBytes: number;
  /** Bytes that may still be kept: what `maxBytes` and `minFreeBytes` leave. */
  readonly roomBytes: number;
  /** A chunk waits for room: pull sources wait, push sources follow their policy. */
  readonly isFull: boolean;
  /** Hours until it is full at the pace of the last minutes; absent while it does not grow. */
  readonly hoursLeft?: number;
}
