/** Work that is done again and again, each time some while after the last time ended. */

/** Work under way. */
export interface Repeating {
  /** Does it now, once more after what is under way. @throws what the work throws */
  now(): Promise<void>;
  /** Waits for what is under way and does it no more. */
  stop(): Promise<void>;
}

/**
 * Repeats work.
 * @param ms between an end and the next begin
 * @param onFault told of what the work throws when nobody asked for it; it is repeated all the same
 */
export function repeat(work: () => Promise<void>, ms: number, onFault: (error: unknown) => void): Repeating {
  let last: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;

  function once(): Promise<void> {
    const done = last.then(work);
    // Who asked is told; who comes next begins anew.
    last = done.catch(() => undefined);
    return done;
  }

  function later(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      once().catch(onFault).finally(later);
    }, ms);
    timer.unref();
  }

  later();
  return {
    now: once,
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await last;
    },
  };
}
