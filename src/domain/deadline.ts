/**
 * When an answer is of no use any more. An AbortSignal would say the same, but making one and listening to
 * it costs more than the rest of a fetch's protections, and most fetches are over long before: so one is made
 * only where it is asked for.
 */
export class Deadline {
  #passed: { readonly reason: Error } | null = null;
  #controller: AbortController | null = null;
  #waiting: ((reason: Error) => void) | null = null;

  /** Whether it is too late. */
  get passed(): boolean {
    return this.#passed !== null;
  }

  /** The same as a signal, for work that takes one. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#passed !== null) this.#controller.abort(this.#passed.reason);
    return this.#controller.signal;
  }

  /** It is too late now: whoever waits is told why. Said again, it changes nothing. */
  pass(reason: Error): void {
    if (this.#passed !== null) return;
    this.#passed = { reason };
    this.#waiting?.(reason);
    this.#controller?.abort(reason);
  }

  /**
   * Settles as `work` does, or rejects with the reason as soon as it is too late; `work` itself goes on.
   * One work at a time.
   */
  await<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#passed !== null) reject(this.#passed.reason);
      this.#waiting = reject;
      work.then(
        (value) => {
          this.#waiting = null;
          resolve(value);
        },
        (error: unknown) => {
          this.#waiting = null;
          reject(error);
        },
      );
    });
  }
}
