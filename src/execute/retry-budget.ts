/**
 * How often a department is asked again what it did not answer: at most a share of what it is asked at all. So one that
 * breaks every connection is asked a tenth more, and not twice as much.
 */
export class RetryBudget {
  #saved: number;

  /**
   * @param share retries each call adds to what is saved, 0 to 1
   * @param most retries that can be saved, 0 and up; as many are there at the start
   */
  constructor(
    private readonly share: number,
    private readonly most: number,
  ) {
    this.#saved = most;
  }

  /** Whether a retry is left. */
  get left(): boolean {
    return this.#saved >= 1;
  }

  /** A call was made that is no retry. */
  called(): void {
    this.#saved = Math.min(this.most, this.#saved + this.share);
  }

  /** A retry was made. */
  retried(): void {
    this.#saved -= 1;
  }
}
