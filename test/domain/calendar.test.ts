import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  addMonthsToMonth,
  addYears,
  ageInMonths,
  CHINA_STANDARD_TIME,
  compareText,
  fromCompactDate,
  fromCompactMonth,
  monthOf,
  parseDate,
  parseMonth,
  toCompactDate,
  toCompactMonth,
  todayIn,
} from '../../src/domain/calendar.js';
import { dates } from './arbitraries.js';

const anyDate = dates(1900, 2100);

describe('parseDate', () => {
  test.each(['2024-02-29', '2000-02-29', '1900-02-28', '0001-01-01', '9999-12-31', '2023-11-30'])('%s', (text) => {
    expect(parseDate(text)).toBe(text);
  });
  test.each([
    '',
    '2023-02-29',
    '1900-02-29',
    '2023-11-31',
    '2023-13-01',
    '2023-00-01',
    '2023-01-00',
    '0000-01-01',
    '2023-1-1',
    '20230101',
    ' 2023-01-01',
    '2023-01-01\n',
    '2023-01-01T00:00',
    '２０２３-01-01',
  ])('refuses %j', (text) => {
    expect(parseDate(text)).toBeNull();
  });
});

describe('parseMonth', () => {
  test.each(['2024-02', '0001-01', '9999-12'])('%s', (text) => {
    expect(parseMonth(text)).toBe(text);
  });
  test.each(['', '2024-13', '2024-00', '0000-01', '2024-2', '202402', '2024-02-01'])('refuses %j', (text) => {
    expect(parseMonth(text)).toBeNull();
  });
});

describe('compact forms of department tables', () => {
  test.each([
    ['20240229', '2024-02-29'],
    ['99991231', '9999-12-31'],
    ['20240229  ', '2024-02-29'],
    ['00000000', null],
    ['        ', null],
    ['', null],
    ['20230229', null],
    ['20231301', null],
    ['20230100', null],
    ['2023010', null],
    ['2023-01-01', null],
    ['2023010a', null],
  ])('date %j is %s', (text, date) => {
    expect(fromCompactDate(text)).toBe(date);
  });
  test.each([
    ['202402', '2024-02'],
    ['202402 ', '2024-02'],
    ['000000', null],
    ['      ', null],
    ['202413', null],
    ['2024-02', null],
  ])('month %j is %s', (text, month) => {
    expect(fromCompactMonth(text)).toBe(month);
  });

  test('date and compact date are each other’s inverse', () => {
    fc.assert(
      fc.property(anyDate, (date) => {
        expect(fromCompactDate(toCompactDate(date))).toBe(date);
        expect(fromCompactMonth(toCompactMonth(monthOf(date)))).toBe(monthOf(date));
      }),
    );
  });
});

describe('addition', () => {
  test.each([
    ['2024-01-31', 1, '2024-02-29'],
    ['2023-01-31', 1, '2023-02-28'],
    ['2024-03-31', -1, '2024-02-29'],
    ['2024-01-15', -1, '2023-12-15'],
    ['2023-12-15', 1, '2024-01-15'],
    ['2024-05-31', 18, '2025-11-30'],
    ['2024-05-31', 0, '2024-05-31'],
  ])('%s and %i months is %s', (date, months, result) => {
    expect(addMonths(date, months)).toBe(result);
  });
  test.each([
    ['2024-02-29', 1, '2025-02-28'],
    ['2024-02-29', 4, '2028-02-29'],
    ['2024-02-29', -124, '1900-02-28'],
    ['2017-09-01', 6, '2023-09-01'],
  ])('%s and %i years is %s', (date, years, result) => {
    expect(addYears(date, years)).toBe(result);
  });
  test.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2023-02-28', 1, '2023-03-01'],
    ['2024-01-01', -1, '2023-12-31'],
    ['0099-12-31', 1, '0100-01-01'],
  ])('%s and %i days is %s', (date, days, result) => {
    expect(addDays(date, days)).toBe(result);
  });
  test('months of months', () => {
    expect(addMonthsToMonth('2024-11', 3)).toBe('2025-02');
    expect(addMonthsToMonth('2024-01', -1)).toBe('2023-12');
  });

  test('days agree with the machine’s UTC calendar, and go back', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -30000, max: 30000 }), (date, days) => {
        const expected = new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
        expect(addDays(date, days)).toBe(expected);
        expect(addDays(expected, -days)).toBe(date);
      }),
    );
  });
  test('months lead to the month so many later, on the same day or its last', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -600, max: 600 }), (date, months) => {
        const result = addMonths(date, months);
        expect(parseDate(result)).toBe(result);
        expect(monthOf(result)).toBe(addMonthsToMonth(monthOf(date), months));
        if (result.slice(8) !== date.slice(8)) expect(monthOf(addDays(result, 1))).not.toBe(monthOf(result));
      }),
    );
  });

  test.each([
    ['before year 1', () => addDays('0001-01-01', -1)],
    ['months before year 1', () => addMonths('0001-01-01', -1)],
    ['after year 9999', () => addDays('9999-12-31', 1)],
    ['years after 9999', () => addYears('9999-12-31', 1)],
    ['no date', () => addDays('2023-02-29', 1)],
    ['no month', () => addMonthsToMonth('2023-13', 1)],
    ['no amount', () => addMonths('2023-01-01', Number.NaN)],
    ['half a month', () => addMonths('2023-01-01', 0.5)],
    ['compact form of no date', () => toCompactDate('2023-02-29')],
    ['month of no date', () => monthOf('2023-02')],
  ])('%s is a RangeError', (_, add) => {
    expect(add).toThrow(RangeError);
  });
});

describe('ageInMonths', () => {
  test.each([
    ['2020-05-15', '2020-05-15', 0],
    ['2020-05-15', '2020-06-14', 0],
    ['2020-05-15', '2020-06-15', 1],
    ['2020-01-31', '2020-02-28', 0],
    ['2020-01-31', '2020-02-29', 1],
    ['2020-02-29', '2021-02-28', 12],
    ['2017-09-01', '2023-08-31', 71],
    ['2017-08-31', '2023-08-31', 72],
    ['2020-05-15', '2020-05-14', -1],
  ])('born %s, on %s: %i', (birth, at, months) => {
    expect(ageInMonths(birth, at)).toBe(months);
  });

  test('is the most months that do not pass the day', () => {
    fc.assert(
      fc.property(anyDate, anyDate, (birth, at) => {
        const months = ageInMonths(birth, at);
        expect(addMonths(birth, months) <= at).toBe(true);
        expect(addMonths(birth, months + 1) > at).toBe(true);
      }),
    );
  });
});

describe('todayIn', () => {
  const lateEvening = Date.parse('2024-08-31T16:00:00Z');
  test('China Standard Time by default: its day begins at 16:00 UTC', () => {
    expect(todayIn(undefined, lateEvening)).toBe('2024-09-01');
    expect(todayIn(undefined, lateEvening - 1)).toBe('2024-08-31');
    expect(CHINA_STANDARD_TIME).toBe(480);
  });
  test('another offset', () => {
    expect(todayIn(0, lateEvening)).toBe('2024-08-31');
    expect(todayIn(-1000, Date.parse('2024-01-01T00:00:00Z'))).toBe('2023-12-31');
  });
  test('no instant is a RangeError', () => {
    expect(() => todayIn(0, Number.NaN)).toThrow(RangeError);
  });
});

describe('compareText', () => {
  test('orders dates as time does', () => {
    fc.assert(
      fc.property(anyDate, anyDate, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Math.sign(Date.parse(a) - Date.parse(b)));
      }),
    );
  });
  test('by code unit, not by locale', () => {
    expect(['b', 'a', 'Z', '10', '9'].sort(compareText)).toEqual(['10', '9', 'Z', 'a', 'b']);
  });
});
