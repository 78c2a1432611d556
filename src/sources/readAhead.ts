/**
 * Runs sequences one after the other, with the first item of the next ones already under way: `count` at a time.
 *
 * The items of a sequence that fails are preceded by everything before them. Leaving early closes all that were begun.
 *
 * @internal
 */
export async function* readAhead<T>(sequences: Iterable<() => AsyncGenerator<T>>, count: number): AsyncGenerator<T> {
  const waiting = sequences[Symbol.iterator]();
  const begun: Begun<T>[] = [];
  const fill = () => {
    while (begun.length < count) {
      const next = waiting.next();
      if (next.done) return;
      begun.push(begin(next.value()));
    }
  };
  try {
    for (fill(); begun[0] !== undefined; begun.shift(), fill()) {
      const { first, items } = begun[0];
      for (let item = await first; !item.done; item = await items.next()) yield item.value;
    }
  } finally {
    await Promise.allSettled(begun.map(({ items }) => items.return(undefined)));
  }
}

interface Begun<T> {
  readonly items: AsyncGenerator<T>;
  readonly first: Promise<IteratorResult<T>>;
}

const begin = <T>(items: AsyncGenerator<T>): Begun<T> => {
  const first = items.next();
  // Its turn to fail comes when those before it are through.
  first.catch(() => {});
  return { items, first };
};
