/**
 * Days as integers, for a generator that reckons with millions of them; elsewhere dates are text
 * (src/domain/calendar.ts). Day 0 is 1970-01-01.
 */

const DAY_MS = 86_400_000;

/** A day of the proleptic Gregorian calendar, in days since 1970-01-01; negative before. */
export type Day = number;

/** `YYYY-MM-DD` → day. The text must be a date of the calendar. @throws RangeError where it is not */
export function dayOf(date: string): Day {
  const ms = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date) throw new RangeError(`not a date: ${date}`);
  return ms / DAY_MS;
}

/** The first day of a month or any day of it; `month` 1 to 12, `dayOfMonth` is cut to the month's length. */
export function dayOn(year: number, month: number, dayOfMonth: number): Day {
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return Date.UTC(year, month - 1, Math.min(dayOfMonth, length)) / DAY_MS;
}

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly dayOfMonth: number;
  readonly compact: string;
}

/** A century of days is 36,525 entries: small, and asked for again and again. */
const known = new Map<Day, Parts>();

function parts(day: Day): Parts {
  const found = known.get(day);
  if (found !== undefined) return found;
  const date = new Date(day * DAY_MS);
  const iso = date.toISOString();
  const made: Parts = {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    dayOfMonth: date.getUTCDate(),
    compact: iso.slice(0, 4) + iso.slice(5, 7) + iso.slice(8, 10),
  };
  known.set(day, made);
  return made;
}

/** Day → `yyyyMMdd`, as the departments store it. */
export function compactDay(day: Day): string {
  return parts(day).compact;
}

/** The year of a day. */
export function yearOf(day: Day): number {
  return parts(day).year;
}

/** The same day of the month `months` later (earlier where negative), or that month's last. */
export function addMonthsToDay(day: Day, months: number): Day {
  const { year, month, dayOfMonth } = parts(day);
  const index = year * 12 + month - 1 + months;
  return dayOn(Math.floor(index / 12), (((index % 12) + 12) % 12) + 1, dayOfMonth);
}

/** Completed years of age. */
export function ageInYears(birth: Day, at: Day): number {
  const b = parts(birth);
  const a = parts(at);
  return a.year - b.year - (a.compact.slice(4) < b.compact.slice(4) ? 1 : 0);
}

/** The `count` months before the month of `day`, oldest first, as `yyyyMM`. */
export function compactMonthsBefore(day: Day, count: number): readonly string[] {
  const first = addMonthsToDay(dayOn(yearOf(day), parts(day).month, 1), -count);
  return Array.from({ length: count }, (_, i) => compactDay(addMonthsToDay(first, i)).slice(0, 6));
}
