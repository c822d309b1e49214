/** How long the answer to one request is of use to whoever asked. */
export class Wait {
  readonly #until: number;
  readonly #ticks: () => number;
  readonly #gone: () => boolean;

  /**
   * @param until when its time is over, by `ticks`
   * @param ticks ms of a clock that nobody sets, so that a corrected time of day ends no request
   * @param gone whether whoever asked has left
   */
  constructor(until: number, ticks: () => number, gone: () => boolean) {
    this.#until = until;
    this.#ticks = ticks;
    this.#gone = gone;
  }

  /** Whether whoever asked has left. */
  get gone(): boolean {
    return this.#gone();
  }

  /** Whether nothing need be begun for it any more. */
  get over(): boolean {
    return this.#ticks() >= this.#until || this.#gone();
  }

  /** The same request without a bound of time: for work that waits its turn by agreement. */
  get unhurried(): Wait {
    return new Wait(Number.POSITIVE_INFINITY, this.#ticks, this.#gone);
  }
}

/** Waits as long as it takes. */
export const PATIENT = new Wait(
  Number.POSITIVE_INFINITY,
  () => 0,
  () => false,
);
