import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, addMonths } from '../../src/domain/calendar.js';
import {
  coveredMonths,
  coversEveryDay,
  dayYearsBefore,
  IrregularValue,
  monthsBack,
  required,
  sameAddress,
  total,
} from '../../src/matters/functions.js';

describe('required', () => {
  it.each([['x'], [0], [false], [[]]])('passes %j on', (value) => expect(required(value)).toBe(value));
  it('refuses null', () => expect(() => required(null)).toThrow(IrregularValue));
});

describe('sameAddress', () => {
  it('compares what is left after normalising', () => {
    expect(sameAddress('福建省南平市延平区滨江中路１２号', '延平区滨江中路 12号')).toBe(true);
    expect(sameAddress('延平区滨江中路12号', '延平区滨江中路13号')).toBe(false);
  });
  it('does not take two blanks for one place', () => expect(() => sameAddress(' ', '')).toThrow(IrregularValue));
});

describe('monthsBack', () => {
  it.each([
    ['2026-06-20', 12n, '2025-06-20'],
    ['2026-03-31', 1n, '2026-02-28'],
    ['2026-06-20', 0n, '2026-06-20'],
    // Begun on 29 February, a year is over on 28 February; begun on 31 August, half a year is.
    ['2025-02-28', 12n, '2024-02-29'],
    ['2024-02-28', 12n, '2023-02-28'],
    ['2026-02-28', 6n, '2025-08-31'],
    ['2026-04-30', 0n, '2026-04-30'],
  ])('%s less %s months is %s', (date, months, back) => expect(monthsBack(date, months)).toBe(back));
  it('is the latest day from which the months are over', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 0, max: 40 }), (days, months) => {
        const at = addDays('2023-01-01', days);
        const from = monthsBack(at, BigInt(months));
        expect(addMonths(from, months) <= at).toBe(true);
        expect(addMonths(addDays(from, 1), months) > at).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
  it('refuses what is no date', () => expect(() => monthsBack('2026-02-30', 1n)).toThrow(IrregularValue));
});

describe('dayYearsBefore', () => {
  it('depends on the year alone', () => {
    expect(dayYearsBefore('2026-01-01', 6n, '08-31')).toBe('2020-08-31');
    expect(dayYearsBefore('2026-12-31', 6n, '08-31')).toBe('2020-08-31');
  });
  it('refuses a day the year does not have', () => {
    expect(() => dayYearsBefore('2026-01-01', 1n, '02-29')).toThrow(IrregularValue);
  });
});

describe('coveredMonths', () => {
  it('counts each month once, both ends included, and none outside', () => {
    const months = ['2025-12', '2026-01', '2026-01', '2026-03', '2026-04'];
    expect(coveredMonths(months, '2026-01-31', '2026-03-01')).toBe(2n);
  });
  it('refuses a blank month', () =>
    expect(() => coveredMonths([null], '2026-01-01', '2026-02-01')).toThrow(IrregularValue));
});

describe('coversEveryDay', () => {
  const period = (validFrom: string | null, validTo: string | null) => ({ validFrom, validTo });
  it.each([
    ['one period to the day', [period('2026-01-01', '2026-01-31')], true],
    ['begins a day late', [period('2026-01-02', '2026-01-31')], false],
    ['ends a day early', [period('2026-01-01', '2026-01-30')], false],
    ['without end', [period('2025-01-01', null)], true],
    ['the next begins the day after', [period('2026-01-16', '2026-02-28'), period('2025-12-01', '2026-01-15')], true],
    ['a day between', [period('2026-01-17', '2026-02-28'), period('2025-12-01', '2026-01-15')], false],
    ['overlapping, the inner one last', [period('2025-12-01', '2026-02-28'), period('2026-01-05', '2026-01-06')], true],
    ['none', [], false],
    ['all over before', [period('2025-01-01', '2025-12-31')], false],
    ['all to come', [period('2026-02-01', null)], false],
  ])('%s', (_, periods, covered) => expect(coversEveryDay(periods, '2026-01-01', '2026-01-31')).toBe(covered));

  it.each([
    ['no first day', period(null, '2026-01-31')],
    ['ends before it begins', period('2026-02-01', '2026-01-01')],
  ])('refuses a period: %s', (_, irregular) => {
    expect(() => coversEveryDay([irregular], '2026-01-01', '2026-01-31')).toThrow(IrregularValue);
  });

  it('agrees with asking day by day', () => {
    const day = fc.integer({ min: 0, max: 30 }).map((n) => addDays('2026-01-01', n));
    const span = fc
      .tuple(day, fc.option(fc.nat(12)))
      .map(([from, n]) => period(from, n === null ? null : addDays(from, n)));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 5 }), day, fc.nat(12), (periods, from, length) => {
        const days = Array.from({ length: length + 1 }, (_, n) => addDays(from, n));
        const each = days.every((d) =>
          periods.some(
            ({ validFrom, validTo }) => validFrom !== null && validFrom <= d && (validTo === null || d <= validTo),
          ),
        );
        expect(coversEveryDay(periods, from, addDays(from, length))).toBe(each);
      }),
    );
  });
});

describe('total', () => {
  it('adds lists in lists', () => expect(total([[0.25], [], [0.25, [0.5]]])).toBe(1));
  it('adds thirds and sixths up', () => expect(total([0.3333333333, 0.1666666667])).toBe(0.5));
  it('refuses a blank', () => expect(() => total([[null]])).toThrow(IrregularValue));
});
