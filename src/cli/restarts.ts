/** How often a process that ended may be started again. */

/** Restarts at most in {@link WITHIN_MS}. */
const RESTARTS = 5;
const WITHIN_MS = 60_000;

/** The restarts of the last minute: what keeps ending needs a person, not another start. */
export class RestartBound {
  #restarts: readonly number[] = [];

  /** @param now ms since the epoch */
  constructor(private readonly now: () => number) {}

  /** Takes one restart. @returns false where five have been taken within the last minute */
  take(): boolean {
    const now = this.now();
    // A clock that was set back must not make a restart count for longer.
    const recent = this.#restarts.filter((at) => at <= now && now - at < WITHIN_MS);
    if (recent.length >= RESTARTS) return false;
    this.#restarts = [...recent, now];
    return true;
  }
}
