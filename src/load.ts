/** How busy this process is, and what it takes on. */

/** When a process takes on no more. */
export interface LoadLimits {
  /** Requests in progress; one more is shed. */
  readonly requestsInProgress: number;
  /** How late the event loop may be on average over about a second, ms; beyond it every request is shed. */
  readonly eventLoopDelayMs: number;
}

/** How often the event loop is asked how late it is, ms. */
const PROBE_MS = 100;
/** How much the newest delay counts in the average: of ten a second, the last second is two thirds. */
const WEIGHT = 0.1;
/** Share of the requests in progress from which no season is begun. */
const SEASON_SHARE = 0.5;

/** What this process has in hand. */
export class Load {
  readonly #limits: LoadLimits;
  readonly #probing: NodeJS.Timeout;
  #inProgress = 0;
  #delayMs = 0;

  /** Begins to watch the event loop. @param ticks ms of a clock that nobody sets */
  constructor(limits: LoadLimits, ticks: () => number) {
    this.#limits = limits;
    let due = ticks() + PROBE_MS;
    this.#probing = setInterval(() => {
      const now = ticks();
      this.late(Math.max(0, now - due));
      due = now + PROBE_MS;
    }, PROBE_MS);
    this.#probing.unref();
  }

  /** Requests read and not yet answered. */
  get inProgress(): number {
    return this.#inProgress;
  }

  /** How late the event loop is on average, ms. */
  get delayMs(): number {
    return this.#delayMs;
  }

  /** Whether another request is taken on. */
  get takesMore(): boolean {
    return this.#inProgress < this.#limits.requestsInProgress && this.#delayMs <= this.#limits.eventLoopDelayMs;
  }

  /** Whether a season is: it is the first to wait. */
  get takesSeason(): boolean {
    const { requestsInProgress, eventLoopDelayMs } = this.#limits;
    return this.#inProgress <= SEASON_SHARE * requestsInProgress && this.#delayMs <= SEASON_SHARE * eventLoopDelayMs;
  }

  /** A request was read. */
  begin(): void {
    this.#inProgress += 1;
  }

  /** A request is answered. */
  end(): void {
    this.#inProgress -= 1;
  }

  /** The event loop was so late this time, ms. */
  late(ms: number): void {
    this.#delayMs += WEIGHT * (ms - this.#delayMs);
  }

  /** Ends the watch. */
  close(): void {
    clearInterval(this.#probing);
  }
}
