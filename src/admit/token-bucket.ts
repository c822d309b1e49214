/** A store of tokens that fills evenly up to its capacity. What is asked for takes tokens out of it. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #tokens: number;
  #filledAt: number;

  /**
   * Begins full.
   * @param perSecond tokens it gains, above 0
   * @param capacity most tokens it holds, above 0
   * @param now ms since the epoch
   */
  constructor(perSecond: number, capacity: number, now: number) {
    this.#perMs = perSecond / 1000;
    this.#capacity = capacity;
    this.#tokens = capacity;
    this.#filledAt = now;
  }

  /**
   * Takes tokens out. More than the capacity is let through when it is full, and leaves a debt.
   * @returns 0, or where there are too few the ms until there are enough: then none was taken
   */
  take(tokens: number, now: number): number {
    this.#fill(now);
    const needed = Math.min(tokens, this.#capacity);
    if (this.#tokens < needed) return Math.max(1, Math.ceil((needed - this.#tokens) / this.#perMs));
    this.#tokens -= tokens;
    return 0;
  }

  /** Takes out what others took elsewhere; leaves a debt of one capacity at most. */
  drain(tokens: number, now: number): void {
    this.#fill(now);
    this.#tokens = Math.max(this.#tokens - tokens, -this.#capacity);
  }

  /** Whether nothing is missing: it then tells no more than a new one. */
  isFull(now: number): boolean {
    this.#fill(now);
    return this.#tokens >= this.#capacity;
  }

  #fill(now: number): void {
    // A clock that is set back gives nothing, and takes nothing away.
    const passed = Math.max(0, now - this.#filledAt);
    this.#tokens = Math.min(this.#capacity, this.#tokens + passed * this.#perMs);
    this.#filledAt = now;
  }
}
