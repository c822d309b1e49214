/** A window of the day, such as `19:00-07:00`, in which heavy work is let through. */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** From a minute of the day to another; over midnight where it ends before it begins. */
export interface DayWindow {
  /** Minute of the day it opens at, 0 to 1439. */
  readonly from: number;
  /** Minute of the day it closes at, 0 to 1439; never `from`. */
  readonly to: number;
}

function minuteOf(hour: string, minute: string): number | null {
  const [h, m] = [Number(hour), Number(minute)];
  return h <= 23 && m <= 59 ? h * 60 + m : null;
}

/** The window that `HH:MM-HH:MM` names; null for another text, or one that opens and closes at the same minute. */
export function parseDayWindow(text: string): DayWindow | null {
  const match = /^(\d{2}):(\d{2})-(\d{2}):(\d{2})$/.exec(text);
  if (match === null) return null;
  const [, h1 = '', m1 = '', h2 = '', m2 = ''] = match;
  const [from, to] = [minuteOf(h1, m1), minuteOf(h2, m2)];
  return from === null || to === null || from === to ? null : { from, to };
}

/**
 * Milliseconds until the window opens; 0 where it is open.
 * @param now milliseconds since the epoch
 * @param offsetMinutes minutes east of UTC that the window's day is reckoned in
 */
export function msUntilOpen(window: DayWindow, now: number, offsetMinutes: number): number {
  const ofDay = (((now + offsetMinutes * MINUTE_MS) % DAY_MS) + DAY_MS) % DAY_MS;
  const [from, to] = [window.from * MINUTE_MS, window.to * MINUTE_MS];
  const open = from < to ? ofDay >= from && ofDay < to : ofDay >= from || ofDay < to;
  return open ? 0 : (from - ofDay + DAY_MS) % DAY_MS;
}
