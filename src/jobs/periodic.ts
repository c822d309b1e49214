/** Runs a job again and again in a process that lives long. */

/** From the start to the first run, ms: a gateway that is restarted serves first. */
const FIRST_AFTER_MS = 60_000;

/** A job that runs until it is stopped. */
export interface PeriodicJob {
  /** Begins no further run, and asks the one under way to end. */
  stop(): void;
}

/**
 * Runs a job a minute from now and then periodically, from the end of one run to the begin of the next. It does not
 * keep the process alive.
 * @param everyMs from an end to the next begin, ms
 * @param job may end early when the signal says so
 * @param onFault told of a run that failed; the next is made all the same. Must not throw
 */
export function runPeriodically(
  everyMs: number,
  job: (signal: AbortSignal) => Promise<void>,
  onFault: (cause: unknown) => void,
): PeriodicJob {
  const stopped = new AbortController();
  let timer: NodeJS.Timeout;
  const after = (ms: number): void => {
    timer = setTimeout(() => {
      job(stopped.signal)
        .catch(onFault)
        .finally(() => {
          if (!stopped.signal.aborted) after(everyMs);
        });
    }, ms);
    timer.unref();
  };
  after(FIRST_AFTER_MS);
  return {
    stop() {
      stopped.abort();
      clearTimeout(timer);
    },
  };
}
