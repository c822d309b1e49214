import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ANNOUNCED,
  addWorkingDays,
  HolidaysUnknown,
  workingCalendar,
  workingDaysBetween,
} from '../../src/domain/working-days.js';
import { dates } from './arbitraries.js';
import { tableCases } from './cases.js';

const known = dates(2005, 2025);

describe('addWorkingDays', () => {
  test.each(
    tableCases<{ name: string; from: string; days: number; ends: string }>('working-days.yaml').deadlines ?? [],
  )('$name', ({ from, days, ends }) => {
    expect(addWorkingDays(from, days)).toBe(ends);
    expect(workingDaysBetween(from, ends)).toBe(days);
    expect(workingDaysBetween(ends, from)).toBe(0 - days);
  });

  test.each([-1, 0.5, 2501, Number.NaN])('takes no %s days', (count) => {
    expect(() => addWorkingDays('2026-03-02', count)).toThrow(RangeError);
  });

  test('ends on a day that is worked, the first with so many before it', () => {
    fc.assert(
      fc.property(known, fc.integer({ min: 1, max: 60 }), (from, count) => {
        const end = addWorkingDays(from, count);
        expect(ANNOUNCED.isWorkingDay(end)).toBe(true);
        expect(workingDaysBetween(from, end)).toBe(count);
      }),
    );
  });
});

describe('a year whose holidays nobody announced', () => {
  test('is refused by name, not taken for plain weeks', () => {
    expect(ANNOUNCED.knows(2026)).toBe(true);
    expect(ANNOUNCED.knows(2027)).toBe(false);
    expect(() => addWorkingDays('2026-12-30', 7)).toThrow(new HolidaysUnknown(2027));
    expect(() => workingDaysBetween('2026-12-30', '9999-01-05')).toThrow(HolidaysUnknown);
    expect(() => ANNOUNCED.isWorkingDay('2003-12-31')).toThrow(new HolidaysUnknown(2003));
  });

  test('is known once a deployment states it', () => {
    const calendar = workingCalendar([{ year: 2027, holidays: ['2027-01-01'], workdays: ['2027-01-03'] }]);
    // 31 December is a Thursday, 1 January a holiday, 2 January a Saturday, 3 January made up.
    expect(addWorkingDays('2026-12-31', 2, calendar)).toBe('2027-01-04');
    expect(() => addWorkingDays('2027-12-30', 7, calendar)).toThrow(new HolidaysUnknown(2028));
  });

  test('is the stated one where the package has another', () => {
    const calendar = workingCalendar([{ year: 2026, holidays: [], workdays: [] }]);
    expect(calendar.isWorkingDay('2026-01-01')).toBe(true);
    expect(ANNOUNCED.isWorkingDay('2026-01-01')).toBe(false);
  });
});

test('a text that is no date is refused', () => {
  expect(() => ANNOUNCED.isWorkingDay('2026-02-30')).toThrow(RangeError);
});
