/** A clock that stands still but for what is waited. */
import type { Clock } from '../../src/season/clock.js';

/** A clock with what was waited so far, ms each. */
export interface FakeClock extends Clock {
  readonly waits: readonly number[];
}

/** @param start ms since the epoch */
export function fakeClock(start: number): FakeClock {
  const waits: number[] = [];
  let now = start;
  return {
    waits,
    now: () => now,
    async sleep(ms, signal) {
      signal.throwIfAborted();
      waits.push(ms);
      now += ms;
    },
  };
}
