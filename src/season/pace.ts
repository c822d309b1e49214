/** How fast and in which hours a season asks. */
import { type DayWindow, msUntilOpen } from '../domain/day-window.js';
import type { Clock } from './clock.js';

/** How a season is held back; null: not at all. */
export interface PaceLimits {
  /** Cases a second at most, on average from chunk to chunk. */
  readonly perSecond: number | null;
  /** Hours of the day in which it asks. */
  readonly between: DayWindow | null;
  /** Minutes east of UTC that the hours are reckoned in. */
  readonly utcOffsetMinutes: number;
}

/** Lets chunks go. */
export interface Pace {
  /** Waits until this many more cases may be asked about. @throws the signal's reason where it is aborted */
  turn(cases: number, signal: AbortSignal): Promise<void>;
}

/** @param onClosed told until when (ms since the epoch) the season waits, each time its hours are over */
export function openPace(limits: PaceLimits, clock: Clock, onClosed: (until: number) => void): Pace {
  const { perSecond, between, utcOffsetMinutes } = limits;
  /** When what was let go so far is used up, ms since the epoch. */
  let free = 0;
  let told = 0;

  async function untilOpen(signal: AbortSignal): Promise<void> {
    if (between === null) return;
    for (;;) {
      const now = clock.now();
      const ms = msUntilOpen(between, now, utcOffsetMinutes);
      if (ms === 0) return;
      if (told < now) {
        told = now + ms;
        onClosed(told);
      }
      await clock.sleep(ms, signal);
    }
  }

  return {
    async turn(cases, signal) {
      await untilOpen(signal);
      if (perSecond === null) return;
      const now = clock.now();
      const start = Math.max(now, free);
      free = start + (1000 * cases) / perSecond;
      if (start > now) await clock.sleep(start - now, signal);
      // The hours may have ended while it waited.
      await untilOpen(signal);
    },
  };
}
