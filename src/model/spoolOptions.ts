/** Where and how what is undelivered is kept on disk. */
export interface SpoolOptions {
  /** Folder of the spool, on a local disk. Default the environment's `EPISTREAM_SPOOL_DIR`, else one in the user's data directory. */
  readonly dir?: string | undefined;
  /** Most bytes of chunks in it. Default: what the disk has, down to `minFreeBytes`. */
  readonly maxBytes?: number | undefined;
  /** Bytes of the disk that are left for others. Default 1 GiB. */
  readonly minFreeBytes?: number | undefined;
  /**
   * What `durable` survives. `'power-loss'` (default): power cuts and crashes; everything is synced to the disk. `'crash'`: a crash
   * of the process only.
   */
  readonly durability?: 'power-loss' | 'crash' | undefined;
}
