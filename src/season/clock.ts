/** Time as the season sees it, so that a test can hold it still. */
import { setTimeout as sleepFor } from 'node:timers/promises';

/** Time. */
export interface Clock {
  /** ms since the epoch. */
  now(): number;
  /** Waits. @throws the signal's reason where it is aborted meanwhile */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Longest single wait of a timer, ms. */
const LONGEST_MS = 2_000_000_000;

/** The machine's time. */
export const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  async sleep(ms, signal) {
    for (let left = ms; left > 0; left -= LONGEST_MS) await sleepFor(Math.min(left, LONGEST_MS), undefined, { signal });
  },
};
