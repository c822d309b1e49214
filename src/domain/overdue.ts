/**
 * Work of which it is told when it takes too long. One timer watches all of it: one for each statement would cost as
 * much as everything else that is kept about it.
 */

/** How often in its time the oldest work is looked at, and the bounds of that, ms. */
const LOOKS = 20;
const SHORTEST_MS = 5;
const LONGEST_MS = 250;

/** Work under way, all with the same time to end in. */
export class Overdue<T> {
  /** By when it began; as all have the same time, the first is due first. */
  readonly #begun = new Map<T, number>();
  readonly #watching: NodeJS.Timeout;
  readonly #ticks: () => number;

  /**
   * @param limitMs how long work may take; it is told of a twentieth of that late at most, but never sooner than 5 nor
   *   later than 250 ms
   * @param tooLong told of work once, which is then forgotten. Must not throw
   * @param ticks ms of a clock that nobody sets
   */
  constructor(limitMs: number, tooLong: (work: T) => void, ticks: () => number = () => performance.now()) {
    const every = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, limitMs / LOOKS));
    this.#ticks = ticks;
    this.#watching = setInterval(() => {
      const due = ticks() - limitMs;
      for (const [work, began] of this.#begun) {
        if (began > due) return;
        this.#begun.delete(work);
        tooLong(work);
      }
    }, every);
    this.#watching.unref();
  }

  /** Work begins. */
  begin(work: T): void {
    this.#begun.set(work, this.#ticks());
  }

  /** It has ended, in time or not. */
  end(work: T): void {
    this.#begun.delete(work);
  }

  /** Watches no more: of what is under way nothing is told. */
  close(): void {
    clearInterval(this.#watching);
    this.#begun.clear();
  }
}
