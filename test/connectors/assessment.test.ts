import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  type Assessment,
  type AssessmentBasis,
  assess,
  assessment,
  type GivenDose,
} from '../../connectors/vaccination/assessment.js';
import { readSchedule, SCHEDULE, type SchoolStage } from '../../connectors/vaccination/schedule.js';
import { VACCINES } from '../../connectors/vaccination/vaccines.js';
import { addDays, addMonths } from '../../src/domain/calendar.js';

interface AssessmentCase {
  readonly name: string;
  readonly born: string | null;
  readonly asOf: string;
  readonly stage: SchoolStage;
  readonly full?: boolean;
  readonly with?: readonly string[];
  readonly without?: readonly string[];
  readonly given?: Readonly<Record<string, readonly (string | null)[]>>;
  readonly expect: Assessment | null;
}

const cases: readonly AssessmentCase[] = parse(
  readFileSync(new URL('../cases/vaccination-assessment.yaml', import.meta.url), 'utf8'),
);

function countsAs(name: string): readonly string[] {
  return name === 'Polio' ? ['Polio'] : (VACCINES.find((vaccine) => vaccine.name === name)?.countsAs ?? []);
}

/** Every dose due up to a day, given on the day it was due. */
function fullDoses(born: string, asOf: string, preferred: readonly string[], without: readonly string[]): GivenDose[] {
  const version = SCHEDULE.findLast(({ bornFrom }) => bornFrom <= born);
  const tracks = (version?.series ?? []).flatMap(
    (series) => series.find(({ vaccine }) => preferred.includes(vaccine)) ?? series[0] ?? [],
  );
  return tracks.flatMap(({ vaccine, doses }) =>
    doses
      .map(({ number, due }) => ({ vaccine, countsAs: countsAs(vaccine), dose: number, date: addMonths(born, due) }))
      .filter((dose) => dose.date <= asOf && !without.includes(`${dose.vaccine} ${dose.dose}`)),
  );
}

function basisOf({
  born,
  asOf,
  full = false,
  with: preferred = [],
  without = [],
  given = {},
}: AssessmentCase): AssessmentBasis {
  const doses = full && born !== null ? fullDoses(born, asOf, preferred, without) : [];
  for (const [vaccine, days] of Object.entries(given)) {
    const before = doses.filter((dose) => dose.vaccine === vaccine).length;
    for (const [i, date] of days.entries()) {
      doses.push({ vaccine, countsAs: countsAs(vaccine), dose: before + i + 1, date });
    }
  }
  return { birthDate: born, doses };
}

describe('assessment on entering school', () => {
  it.each(cases)('$name', (one) => {
    expect(assess(basisOf(one), one.asOf, one.stage)).toEqual(one.expect);
  });

  it('counts an entry repeated with its number once, and one without number by its day', () => {
    const dose = (number: number | null, date: string | null): GivenDose => ({
      vaccine: 'MMR',
      countsAs: ['MMR'],
      dose: number,
      date,
    });
    const missing = (...doses: GivenDose[]) =>
      assess({ birthDate: '2018-03-15', doses }, '2024-09-01', 'PRIMARY')?.missing.filter((name) =>
        name.startsWith('MMR'),
      );
    expect(missing(dose(1, '2018-11-15'), dose(1, '2018-11-16'))).toEqual(['MMR 2']);
    expect(missing(dose(1, '2018-11-15'), dose(null, '2018-11-15'))).toEqual(['MMR 2']);
    expect(missing(dose(null, '2018-11-15'), dose(null, '2018-11-15'))).toEqual(['MMR 2']);
    expect(missing(dose(null, null), dose(null, null))).toEqual(['MMR 2']);
    expect(missing(dose(null, '2018-11-15'), dose(null, '2019-11-15'))).toEqual([]);
    expect(missing(dose(1, '2018-11-15'), dose(2, '2018-11-15'))).toEqual([]);
    expect(missing(dose(2, '2019-11-15'))).toEqual(['MMR 2']);
  });

  const child = fc.record({
    birthDate: fc.integer({ min: 0, max: 3000 }).map((days) => addDays('2018-01-01', days)),
    doses: fc.array(
      fc.record({
        vaccine: fc.constantFrom(...VACCINES.map(({ name }) => name)),
        dose: fc.option(fc.integer({ min: 1, max: 5 })),
        date: fc.option(fc.integer({ min: 0, max: 3000 }).map((days) => addDays('2018-01-01', days))),
      }),
      { maxLength: 30 },
    ),
  });
  const basis = child.map(
    ({ birthDate, doses }): AssessmentBasis => ({
      birthDate,
      doses: doses.map((dose) => ({ ...dose, countsAs: countsAs(dose.vaccine) })),
    }),
  );
  const day = fc.integer({ min: 0, max: 5000 }).map((days) => addDays('2018-01-01', days));
  const stage = fc.constantFrom<SchoolStage>('KINDERGARTEN', 'PRIMARY');

  it('never has more missing for one dose more, nor a dose both missing and due', () => {
    fc.assert(
      fc.property(basis, day, stage, fc.nat(), (all, asOf, entering, index) => {
        const fewer = { ...all, doses: all.doses.filter((_, i) => i !== index % Math.max(all.doses.length, 1)) };
        const before = assess(fewer, asOf, entering);
        const after = assess(all, asOf, entering);
        if (before === null || after === null) return;
        expect(after.missing.length).toBeLessThanOrEqual(before.missing.length);
        expect(after.missing.filter((name) => after.due.includes(name))).toEqual([]);
        expect(after.result === 'COMPLETE').toBe(after.missing.length + after.due.length === 0);
        expect(after.result === 'MISSING').toBe(after.missing.length > 0);
      }),
    );
  });

  it('does not depend on the order of the doses', () => {
    fc.assert(
      fc.property(basis, day, stage, (all, asOf, entering) => {
        const reversed = { ...all, doses: [...all.doses].reverse() };
        expect(assess(reversed, asOf, entering)).toEqual(assess(all, asOf, entering));
      }),
    );
  });
});

describe('VaccinationRecord.assessment', () => {
  const row = { assessmentBasis: { birthDate: '2018-03-15', doses: [] } };
  it('judges by asOf, else by today, for primary unless told otherwise', () => {
    expect(assessment(row, { asOf: '2018-03-15' }, '2024-09-01')).toMatchObject({ due: ['HepB 1', 'BCG 1'] });
    expect(assessment(row, { asOf: null }, '2018-03-15')).toMatchObject({ due: ['HepB 1', 'BCG 1'] });
    expect(assessment(row, {}, '2024-09-01')).toMatchObject({ due: ['DT 1', 'MPSV-AC 2'] });
    expect(assessment(row, { stage: 'KINDERGARTEN' }, '2024-09-01')).toMatchObject({ due: [] });
  });
  it('is null without its basis and refuses what is no day', () => {
    expect(assessment({}, {}, '2024-09-01')).toBeNull();
    expect(assessment({ assessmentBasis: null }, {}, '2024-09-01')).toBeNull();
    expect(() => assessment(row, { asOf: '2024-02-30' }, '2024-09-01')).toThrow(RangeError);
  });
});

describe('schedule', () => {
  it('names only vaccines that a dose can count as', () => {
    const countable = new Set(VACCINES.flatMap((vaccine) => vaccine.countsAs));
    for (const { series } of SCHEDULE) for (const { vaccine } of series.flat()) expect(countable).toContain(vaccine);
  });
  it('is due before it is overdue', () => {
    for (const { series } of SCHEDULE) {
      for (const { doses } of series.flat()) for (const { due, before } of doses) expect(due).toBeLessThan(before);
    }
  });
  it('has each code once', () => {
    expect(new Set(VACCINES.map(({ code }) => code)).size).toBe(VACCINES.length);
  });
  it.each([
    [
      'an unknown key',
      'versions: [{ bornFrom: "2020-01-01", series: [[{ vaccine: X, doses: [{ number: 1, due: 0, before: 1, from: PRIMARY, to: 1 }] }]] }]',
    ],
    [
      'an impossible day',
      'versions: [{ bornFrom: "2020-02-30", series: [[{ vaccine: X, doses: [{ number: 1, due: 0, before: 1, from: PRIMARY }] }]] }]',
    ],
    ['no version', 'versions: []'],
  ])('refuses %s', (_, yaml) => expect(() => readSchedule(yaml)).toThrow());
  it('refuses versions out of order', () => {
    const version = (bornFrom: string) =>
      `{ bornFrom: "${bornFrom}", series: [[{ vaccine: X, doses: [{ number: 1, due: 0, before: 1, from: PRIMARY }] }]] }`;
    expect(readSchedule(`versions: [${version('2020-01-01')}, ${version('2021-01-01')}]`)).toHaveLength(2);
    expect(() => readSchedule(`versions: [${version('2021-01-01')}, ${version('2020-01-01')}]`)).toThrow('order');
  });
});
