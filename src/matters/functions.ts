/**
 * The functions that rules may call besides CEL's own. Pure; dates are `YYYY-MM-DD` and months
 * `YYYY-MM`, which compare as text. Whatever is not as it should be is an error, which makes the
 * rule UNKNOWN, never FALSE.
 */
import { normaliseAddress } from '../domain/address.js';
import { addDays, addMonths, compareText, parseDate, parseMonth } from '../domain/calendar.js';

/** A value is not what a rule's function works on. The message never quotes it. */
export class IrregularValue extends Error {
  override readonly name = 'IrregularValue';
}

function dateOf(value: unknown): string {
  const date = typeof value === 'string' ? parseDate(value) : null;
  if (date === null) throw new IrregularValue('a date is missing or not a day of the calendar');
  return date;
}

/** `required(x)`: x itself. @throws IrregularValue where x is null, so that a missing value is never compared as if it were one. */
export function required(value: unknown): unknown {
  if (value === null || value === undefined) throw new IrregularValue('a value is missing');
  return value;
}

/** `sameAddress(a, b)`: whether both are one text after {@link normaliseAddress}. @throws IrregularValue for an empty address. */
export function sameAddress(a: string, b: string): boolean {
  const [left, right] = [normaliseAddress(a), normaliseAddress(b)];
  if (left === '' || right === '') throw new IrregularValue('an address is empty');
  return left === right;
}

/**
 * `monthsBack(date, n)`: the latest day from which n months are over on the date (Civil Code art. 202): the same day of the
 * month, or the month's last where it has no such day or where the date is the last of its own. @throws IrregularValue
 */
export function monthsBack(date: string, months: bigint): string {
  const next = addDays(dateOf(date), 1);
  if (next.endsWith('-01')) return addDays(addMonths(next, -Number(months)), -1);
  return addMonths(date, -Number(months));
}

/**
 * `dayYearsBefore(date, n, 'MM-DD')`: the day MM-DD of the n-th year before the date's year, such
 * as `dayYearsBefore('2026-07-01', 6, '08-31')` = `2020-08-31`. @throws IrregularValue
 */
export function dayYearsBefore(date: string, years: bigint, monthDay: string): string {
  const year = Number(dateOf(date).slice(0, 4)) - Number(years);
  return dateOf(`${String(year).padStart(4, '0')}-${monthDay}`);
}

/**
 * `coveredMonths(months, from, to)`: how many different months of the list lie in the months of
 * the dates `from` to `to`, both included. @throws IrregularValue where a member is not a month
 */
export function coveredMonths(months: readonly unknown[], from: string, to: string): bigint {
  const [first, last] = [dateOf(from).slice(0, 7), dateOf(to).slice(0, 7)];
  const covered = new Set<string>();
  for (const month of months) {
    if (typeof month !== 'string' || parseMonth(month) === null)
      throw new IrregularValue('a month is missing or wrong');
    if (month >= first && month <= last) covered.add(month);
  }
  return BigInt(covered.size);
}

function boundOf(period: unknown, bound: 'validFrom' | 'validTo'): unknown {
  if (typeof period !== 'object' || period === null) throw new IrregularValue('a period of validity is missing');
  // Reading an unknown fact raises an error, which is meant to pass.
  return Reflect.get(period, bound);
}

/**
 * `coversEveryDay(periods, from, to)`: whether the periods together cover each day from `from` to
 * `to`, both included. Each has `validFrom` and `validTo` (null: without end), both days included,
 * so that one continues another that ended the day before it began.
 * @throws IrregularValue where a period has no first day or ends before it begins
 */
export function coversEveryDay(periods: readonly unknown[], from: string, to: string): boolean {
  const [first, last] = [dateOf(from), dateOf(to)];
  const spans = periods.map((period) => {
    const begins = dateOf(boundOf(period, 'validFrom'));
    const validTo = boundOf(period, 'validTo');
    const ends = validTo === null ? null : dateOf(validTo);
    if (ends !== null && ends < begins) throw new IrregularValue('a period ends before it begins');
    return { begins, ends };
  });
  let uncovered = first;
  for (const { begins, ends } of spans.sort((a, b) => compareText(a.begins, b.begins))) {
    if (uncovered > last || begins > uncovered) break;
    if (ends === null) return true;
    if (ends >= uncovered) uncovered = addDays(ends, 1);
  }
  return uncovered > last;
}

/**
 * `total(list)`: the sum of the list's numbers and of the lists in it, to nine decimals, so that
 * thirds and sixths add up. @throws IrregularValue where a member is not a number
 */
export function total(list: readonly unknown[]): number {
  const sum = (members: readonly unknown[]): number =>
    members.reduce<number>((soFar, member) => {
      if (Array.isArray(member)) return soFar + sum(member);
      if (typeof member !== 'number') throw new IrregularValue('a number is missing');
      return soFar + member;
    }, 0);
  return Math.round(sum(list) * 1e9) / 1e9;
}
