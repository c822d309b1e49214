/**
 * Working days (工作日) of China: Monday to Friday, without the holidays and with the make-up days (调休上班日) that the
 * State Council's office announces for each year. A year that nobody announced is not taken for plain weeks: it is
 * refused, because a deadline that falls a day early takes a right away from somebody.
 *
 * Dates are `YYYY-MM-DD` as `calendar.ts` has them.
 */
import announced from 'chinese-days/dist/chinese-days.json' with { type: 'json' };
import { addDays, parseDate } from './calendar.js';

/** A deadline cannot be told: nobody has announced the holidays of a year it runs through. */
export class HolidaysUnknown extends Error {
  override readonly name = 'HolidaysUnknown';

  /** @param year the year, such as 2027 */
  constructor(readonly year: number) {
    super(`the holidays of ${year} are not known: state them in mianzheng.yaml under workingDays`);
  }
}

/** What is announced for one year (放假安排). */
export interface HolidayYear {
  /** The year, 2004 to 9999. */
  readonly year: number;
  /** Days off, `YYYY-MM-DD`; naming a weekend's days is not needed and does no harm. */
  readonly holidays: readonly string[];
  /** Saturdays and Sundays on which work is made up for. */
  readonly workdays: readonly string[];
}

/** Which days are worked. */
export interface WorkingCalendar {
  /** Whether the day is worked. @throws HolidaysUnknown for a day of a year that is not known */
  isWorkingDay(day: string): boolean;
  /** Whether the year's holidays are known. */
  knows(year: number): boolean;
}

/** Most working days that one deadline may have: about ten years. */
const MOST = 2500;

const yearOf = (day: string): number => Number(day.slice(0, 4));

/** The calendar that the package knows, with years added; a year stated here stands in the place of the package's own. */
export function workingCalendar(more: readonly HolidayYear[] = []): WorkingCalendar {
  const stated = new Set(more.map(({ year }) => year));
  const kept = (days: object): string[] => Object.keys(days).filter((day) => !stated.has(yearOf(day)));
  const ours = kept(announced.holidays);
  const holidays = new Set([...ours, ...more.flatMap((one) => one.holidays)]);
  const workdays = new Set([...kept(announced.workdays), ...more.flatMap((one) => one.workdays)]);
  const years = new Set([...ours.map(yearOf), ...stated]);
  return {
    knows: (year) => years.has(year),
    isWorkingDay(day) {
      if (parseDate(day) === null) throw new RangeError('not a date of the calendar');
      if (!years.has(yearOf(day))) throw new HolidaysUnknown(yearOf(day));
      if (workdays.has(day)) return true;
      if (holidays.has(day)) return false;
      const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
      return weekday !== 0 && weekday !== 6;
    },
  };
}

/** The calendar that the package `chinese-days` knows, without any year of a deployment's own. */
export const ANNOUNCED: WorkingCalendar = workingCalendar();

/**
 * The last day of a period of working days. The day it begins on is not counted (Civil Code art. 201), so that one
 * working day from a Friday ends on Monday.
 * @param day where it begins, whether worked or not
 * @param count working days, 0 to 2,500; 0 gives the day itself
 * @throws HolidaysUnknown where it runs through a year that is not known; RangeError for another count
 */
export function addWorkingDays(day: string, count: number, calendar: WorkingCalendar = ANNOUNCED): string {
  if (!Number.isInteger(count) || count < 0 || count > MOST) throw new RangeError(`takes 0 to ${MOST} working days`);
  let at = day;
  for (let left = count; left > 0; ) {
    at = addDays(at, 1);
    if (calendar.isWorkingDay(at)) left -= 1;
  }
  return at;
}

/**
 * The last day that is at most so many working days away, as far as the holidays are known: up to the end of the last
 * year that is. Whatever has its last day by then is near.
 * @param count as in {@link addWorkingDays}
 */
export function lastDayWithin(day: string, count: number, calendar: WorkingCalendar = ANNOUNCED): string {
  try {
    return addWorkingDays(day, count, calendar);
  } catch (error) {
    if (!(error instanceof HolidaysUnknown)) throw error;
    return `${error.year - 1}-12-31`;
  }
}

/**
 * Working days after `from` up to and with `to`: what is left of a deadline. Negative where `to` is earlier.
 * @throws HolidaysUnknown where a year between them is not known
 */
export function workingDaysBetween(from: string, to: string, calendar: WorkingCalendar = ANNOUNCED): number {
  if (to < from) return -workingDaysBetween(to, from, calendar);
  let days = 0;
  // Ends at the first year that is not known, whatever `to` is.
  for (let at = from; at < to; ) {
    at = addDays(at, 1);
    if (calendar.isWorkingDay(at)) days += 1;
  }
  return days;
}
