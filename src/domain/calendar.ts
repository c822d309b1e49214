/**
 * Calendar dates `YYYY-MM-DD` and months `YYYY-MM` as strings, years 0001 to 9999, Gregorian.
 * Such strings compare as dates do. No time zone takes part except in {@link todayIn}.
 *
 * A function that takes a date or month expects one as {@link parseDate} or {@link parseMonth}
 * yields it, and throws RangeError for another, or where a result lies outside the years.
 */

/** China Standard Time, minutes east of UTC. */
export const CHINA_STANDARD_TIME = 480;

const DAY_MS = 86_400_000;

/** The text itself where it is a date `YYYY-MM-DD` of the calendar, else null. */
export function parseDate(text: string): string | null {
  if (text.length !== 10 || text[4] !== '-' || text[7] !== '-') return null;
  return exists(numberAt(text, 0, 4), numberAt(text, 5, 7), numberAt(text, 8, 10)) ? text : null;
}

/** The text itself where it is a month `YYYY-MM`, else null. */
export function parseMonth(text: string): string | null {
  if (text.length !== 7 || text[4] !== '-') return null;
  return exists(numberAt(text, 0, 4), numberAt(text, 5, 7), 1) ? text : null;
}

/** Date of a department's `yyyyMMdd` column; null for blanks, `00000000` and days the calendar does not have. Padding is dropped. */
export function fromCompactDate(text: string): string | null {
  const compact = text.trim();
  if (compact.length !== 8) return null;
  if (!exists(numberAt(compact, 0, 4), numberAt(compact, 4, 6), numberAt(compact, 6, 8))) return null;
  return `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6)}`;
}

/** Month of a department's `yyyyMM` column; null for blanks, `000000` and months the calendar does not have. Padding is dropped. */
export function fromCompactMonth(text: string): string | null {
  const compact = text.trim();
  if (compact.length !== 6 || !exists(numberAt(compact, 0, 4), numberAt(compact, 4, 6), 1)) return null;
  return `${compact.slice(0, 4)}-${compact.slice(4)}`;
}

/** `yyyyMMdd` of a date. */
export function toCompactDate(date: string): string {
  return fieldsOf(date).text.replaceAll('-', '');
}

/** `yyyyMM` of a month. */
export function toCompactMonth(month: string): string {
  return fieldsOf(`${month}-01`).text.slice(0, 7).replace('-', '');
}

/** The date `years` later, earlier where negative; 29 February becomes 28 where there is none. */
export function addYears(date: string, years: number): string {
  return addMonths(date, years * 12);
}

/** The date `months` later, earlier where negative; a day the month does not have becomes its last (Civil Code art. 202). */
export function addMonths(date: string, months: number): string {
  const { year, month, day } = fieldsOf(date);
  const target = year * 12 + (month - 1) + months;
  const targetYear = Math.floor(target / 12);
  const targetMonth = (target % 12) + 1;
  return format(targetYear, targetMonth, Math.min(day, daysIn(targetYear, targetMonth)));
}

/** The date `days` later, earlier where negative. */
export function addDays(date: string, days: number): string {
  const { year, month, day } = fieldsOf(date);
  return ofInstant(instant(year, month, day) + days * DAY_MS);
}

/** The month `months` later, earlier where negative. */
export function addMonthsToMonth(month: string, months: number): string {
  return monthOf(addMonths(`${month}-01`, months));
}

/** The month of a date. */
export function monthOf(date: string): string {
  return fieldsOf(date).text.slice(0, 7);
}

/**
 * Whole months from `birth` to `at`: the most that, added to `birth` by {@link addMonths}, do not
 * pass `at`. Negative where `at` is before `birth`.
 */
export function ageInMonths(birth: string, at: string): number {
  const from = fieldsOf(birth);
  const to = fieldsOf(at);
  const months = (to.year - from.year) * 12 + to.month - from.month;
  // Compared by the day alone: adding the months could leave the calendar's years.
  return to.day < Math.min(from.day, daysIn(to.year, to.month)) ? months - 1 : months;
}

/**
 * The calendar date at an instant.
 * @param offsetMinutes minutes east of UTC, -840 to 840; undefined: China Standard Time, +480
 * @param now milliseconds since 1970-01-01T00:00Z
 */
export function todayIn(offsetMinutes: number | undefined, now: number): string {
  return ofInstant(now + (offsetMinutes ?? CHINA_STANDARD_TIME) * 60_000);
}

/** Order of two texts by UTF-16 code unit, the same on every machine: negative, 0 or positive. Dates and months sort by it. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function fieldsOf(date: string): { text: string; year: number; month: number; day: number } {
  const text = parseDate(date);
  if (text === null) throw new RangeError('not a date of the calendar');
  return { text, year: Number(text.slice(0, 4)), month: Number(text.slice(5, 7)), day: Number(text.slice(8)) };
}

/** The number that the digits from `from` to before `to` make; NaN where one is no digit. Dates are read by the thousand a second. */
function numberAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function exists(year: number, month: number, day: number): boolean {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function instant(year: number, month: number, day: number): number {
  // Date.UTC reads years 0 to 99 as 1900 to 1999; setUTCFullYear does not.
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

function ofInstant(milliseconds: number): string {
  const date = new Date(milliseconds);
  return format(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
}

function format(year: number, month: number, day: number): string {
  // Also catches NaN, of an instant beyond what Date holds or of an amount that is no integer.
  if (!(year >= 1 && year <= 9999) || !Number.isInteger(month))
    throw new RangeError('a date lies in the years 0001 to 9999');
  const two = (n: number) => String(n).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}
