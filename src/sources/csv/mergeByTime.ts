/** As many as a sink is handed before timers and sockets get their turn, about. */
const MOST_ITEMS = 512;

/** A sequence under way: what it has given that is not out yet, and whether it has more at the moment. */
interface Lane<T> {
  readonly source: AsyncGenerator<readonly T[]>;
  items: readonly T[];
  next: number;
  state: 'open' | 'idle' | 'over';
}

/**
 * Merges sequences that are each in the order of time into one that is, some items at a time; of the same time, the earlier
 * sequence's first.
 *
 * A sequence that gives an empty array has nothing at the moment: the others go on without it. When none has anything, `pause`
 * is called, and all are asked again; `false` from it is the end. Leaving early closes them all.
 *
 * @internal
 */
export async function* mergeByTime<T extends { readonly t: number }>(
  sources: readonly AsyncGenerator<readonly T[]>[],
  pause: () => Promise<boolean>,
): AsyncGenerator<readonly T[]> {
  let lanes = sources.map((source): Lane<T> => ({ source, items: [], next: 0, state: 'open' }));
  try {
    while (lanes.length > 0) {
      await Promise.all(lanes.filter(isDry).map(refill));
      lanes = lanes.filter(({ state }) => state !== 'over');
      const items = merged(lanes);
      if (items.length > 0) yield items;
      else if (lanes.length > 0 && !(await wake(lanes, pause))) return;
    }
  } finally {
    await Promise.allSettled(sources.map((source) => source.return(undefined)));
  }
}

const isDry = <T>({ state, items, next }: Lane<T>): boolean => state === 'open' && next === items.length;

const refill = async <T>(lane: Lane<T>): Promise<void> => {
  const { done, value } = await lane.source.next();
  lane.items = done ? [] : value;
  lane.next = 0;
  lane.state = done ? 'over' : value.length === 0 ? 'idle' : 'open';
};

const wake = async <T>(lanes: readonly Lane<T>[], pause: () => Promise<boolean>): Promise<boolean> => {
  for (const lane of lanes) lane.state = 'open';
  return pause();
};

/** What can be said to be in order: until a lane that may have more has run dry. */
const merged = <T extends { readonly t: number }>(lanes: readonly Lane<T>[]): readonly T[] => {
  const items: T[] = [];
  while (items.length < MOST_ITEMS) {
    const lane = earliest(lanes);
    if (lane === undefined) break;
    items.push(lane.items[lane.next++]!);
    if (isDry(lane)) break;
  }
  return items;
};

const earliest = <T extends { readonly t: number }>(lanes: readonly Lane<T>[]): Lane<T> | undefined => {
  let first: Lane<T> | undefined;
  let t = Number.POSITIVE_INFINITY;
  for (const lane of lanes) {
    const item = lane.items[lane.next];
    if (item === undefined || item.t >= t) continue;
    first = lane;
    t = item.t;
  }
  return first;
};
