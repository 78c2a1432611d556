/** What an encode worker is told, in order; `abort` is also heard ahead of its turn. */
export type EncodeRequest =
  | { readonly type: 'frame'; readonly shard: number; readonly slot: SharedArrayBuffer }
  | { readonly type: 'finish'; readonly shard: number }
  | { readonly type: 'abort'; readonly shard: number }
  /** Blocks of a shard that was released. */
  | { readonly type: 'blocks'; readonly blocks: readonly SharedArrayBuffer[] };

/** What an encode worker answers. */
export type EncodeReply =
  /** The oldest frame not yet answered has been read: its slot is free. */
  | { readonly type: 'read' }
  | { readonly type: 'shard'; readonly shard: number; readonly parts: readonly Uint8Array<SharedArrayBuffer>[] };

/** What an encode worker is born with. */
export interface EncodeWorkerData {
  readonly level: number;
  readonly maxIdleBytes: number;
}
