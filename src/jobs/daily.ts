/** Runs a job once a day in a process that lives long. */

const DAY_MS = 86_400_000;

/** From the start to the first run, ms: a gateway that is restarted serves first. */
const FIRST_AFTER_MS = 60_000;

/** A job that runs daily until it is stopped. */
export interface DailyJob {
  /** Begins no further run, and asks the one under way to end. */
  stop(): void;
}

/**
 * Runs a job a minute from now and then daily, from the end of one run to the begin of the next. It does not keep
 * the process alive.
 * @param job may end early when the signal says so
 * @param onFault told of a run that failed; the next is made all the same. Must not throw
 */
export function runDaily(job: (signal: AbortSignal) => Promise<void>, onFault: (cause: unknown) => void): DailyJob {
  const stopped = new AbortController();
  let timer: NodeJS.Timeout;
  const after = (ms: number): void => {
    timer = setTimeout(() => {
      job(stopped.signal)
        .catch(onFault)
        .finally(() => {
          if (!stopped.signal.aborted) after(DAY_MS);
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
