/** Lets tasks in one at a time, in the order they came; a failed one does not hold up the next. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<A>(task: () => Promise<A>): Promise<A> {
    const turn = this.#last.then(task, task);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
