/** Social insurance of a family's adults: employees' pension and medical insurance month by month, residents' pension. */
import { enrolmentRow, insuredRow, paymentRow } from '../build.js';
import { addMonthsToDay, ageInYears, type Day } from '../days.js';
import { storedId } from '../dirt.js';
import { enterpriseTown } from '../enterprises.js';
import { enterpriseNumber } from '../keys.js';
import type { Random } from '../random.js';
import { CONTRIBUTION_MONTHS, RATES } from '../rates.js';
import type { CityRows, InsuredRow } from '../rows.js';
import type { Person } from '../world.js';
import { type CityContext, presentMembers, type Register } from './context.js';

const { employment, dirt } = RATES;

/** Kinds of insurance (aae140). */
export const INSURANCE = { EMPLOYEE_PENSION: '110', RESIDENT_PENSION: '170', MEDICAL: '310' } as const;

/** Which of the kept months were paid: [from, to) without [gapFrom, gapTo). */
interface Career {
  readonly from: number;
  readonly to: number;
  readonly gapFrom: number;
  readonly gapTo: number;
}

/** Adds the family's insured adults. */
export const registerInsurance: Register = (city, rows, random, family) => {
  for (const { person } of presentMembers(family)) {
    const age = ageInYears(person.birth, city.asOf);
    if (age < 18) continue;
    const working = age >= 20 && age <= (person.male ? 60 : 56);
    const rate = family.migrant ? employment.migrantEmployed : employment.employed;
    if (working && city.enterprises > 0 && random.chance(rate)) {
      registerEmployee(city, rows, random, person, family.dwelling.division);
    } else if (!family.migrant && random.chance(employment.residentPension)) {
      registerResidentPension(city, rows, random, person, family.dwelling.division, age >= 60);
    }
  }
};

function registerEmployee(city: CityContext, rows: CityRows, random: Random, person: Person, home: string): void {
  const { employer, division } = employerNear(city, random, home);
  const career = careerOf(random);
  const paying = career.to === CONTRIBUTION_MONTHS && career.gapTo !== CONTRIBUTION_MONTHS;
  const insured = addInsured(city, rows, random, person, division, paying ? '1' : '2');
  const firstMonth = addMonthsToDay(city.asOf, career.from - CONTRIBUTION_MONTHS);
  const since = career.from > 0 ? firstMonth : longAgo(city, random, person);
  const wage = random.between(4043, 12_000);
  const kinds: readonly (readonly [kind: string, rate: number])[] = random.chance(employment.medical)
    ? [
        [INSURANCE.EMPLOYEE_PENSION, 0.24],
        [INSURANCE.MEDICAL, 0.09],
      ]
    : [[INSURANCE.EMPLOYEE_PENSION, 0.24]];
  for (const [kind, share] of kinds) {
    rows.AC02.push(enrolmentRow(insured, { kind, state: paying ? '1' : '2', since, employer }));
    const amount = Math.round(wage * share * 100) / 100;
    for (let i = career.from; i < career.to; i += 1) {
      if (i >= career.gapFrom && i < career.gapTo) continue;
      const payment = paymentRow(insured, { month: city.months[i] ?? '', kind, employer, amount });
      if (random.chance(employment.notReceived)) payment.aae111 = '0';
      rows.AC43.push(payment);
    }
  }
}

function registerResidentPension(
  city: CityContext,
  rows: CityRows,
  random: Random,
  person: Person,
  division: string,
  drawing: boolean,
): void {
  const insured = addInsured(city, rows, random, person, division, drawing ? '4' : '1');
  const kind = INSURANCE.RESIDENT_PENSION;
  const state = drawing ? '3' : '1';
  const since = longAgo(city, random, person);
  rows.AC02.push(enrolmentRow(insured, { kind, state, since, employer: '' }));
  if (drawing) return;
  // Paid once a year, booked for its last month.
  const month = city.months.find((text) => text.endsWith('12')) ?? city.months[0] ?? '';
  rows.AC43.push(paymentRow(insured, { month, kind, employer: '', amount: random.pick([200, 300, 500, 1000, 2000]) }));
}

function addInsured(
  city: CityContext,
  rows: CityRows,
  random: Random,
  person: Person,
  division: string,
  state: string,
): InsuredRow {
  if (random.chance(dirt.voidInsured)) {
    rows.AC01.push({ ...insuredRow(city.keys.insured(), person, division, '4'), aae100: '0' });
  }
  const row = insuredRow(city.keys.insured(), person, division, state);
  row.aac002 = storedId(random, row.aac002);
  rows.AC01.push(row);
  return row;
}

/** An employer, in the home division where one is met in a few draws. */
function employerNear(city: CityContext, random: Random, home: string): { employer: string; division: string } {
  for (let draw = 0; ; draw += 1) {
    const index = random.below(city.enterprises);
    const { division } = enterpriseTown(city.seed, index);
    if (division === home || draw === 5) return { employer: enterpriseNumber(index), division };
  }
}

function careerOf(random: Random): Career {
  const end = CONTRIBUTION_MONTHS;
  const fate = random.word() / 0x1_0000_0000;
  if (fate < employment.interrupted) {
    const gap = random.between(1, 8);
    const gapFrom = random.between(0, end - gap);
    return { from: 0, to: end, gapFrom, gapTo: gapFrom + gap };
  }
  if (fate < employment.interrupted + employment.began) {
    return { from: random.between(1, end - 1), to: end, gapFrom: 0, gapTo: 0 };
  }
  if (fate < employment.interrupted + employment.began + employment.ended) {
    return { from: 0, to: random.between(1, end - 1), gapFrom: 0, gapTo: 0 };
  }
  return { from: 0, to: end, gapFrom: 0, gapTo: 0 };
}

function longAgo(city: CityContext, random: Random, person: Person): Day {
  const latest = addMonthsToDay(city.asOf, -CONTRIBUTION_MONTHS);
  const earliest = Math.max(person.birth + 18 * 365, latest - 20 * 365);
  return random.between(Math.min(earliest, latest), latest);
}
