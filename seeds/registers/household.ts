/** Population, household and door-plate rows of a family. */
import { householdRow, plateRow, residentRow } from '../build.js';
import { addMonthsToDay, ageInYears, compactDay, type Day, dayOf } from '../days.js';
import { storedDate, storedPlateDetail, storedText, storedX } from '../dirt.js';
import type { Family, Member } from '../families.js';
import { surname } from '../names.js';
import { type Random, weighted } from '../random.js';
import { RATES } from '../rates.js';
import type { CityRows, ResidentRow } from '../rows.js';
import type { Dwelling, Guardian } from '../world.js';
import type { CityContext } from './context.js';

const { dirt, people, status } = RATES;

/** GB/T 3304: She, Hui, Miao, Tujia, Zhuang, Manchu, Yi, Mongol. */
const MINORITIES = weighted([
  ['22', 60],
  ['03', 8],
  ['06', 9],
  ['15', 9],
  ['08', 6],
  ['11', 4],
  ['07', 2],
  ['02', 2],
]);

/** Computerised registration: no state of a row begins before. */
const REGISTER_SINCE = dayOf('1996-01-01');

/** Telephone numbers begin with 154, a segment that no operator was given. */
const phone = (random: Random): string => `154${String(random.below(100_000_000)).padStart(8, '0')}`;

/** What became of the members, for the other registers. */
export interface HouseholdEntry {
  /** hh; empty for migrants. */
  readonly number: string;
  readonly statuses: readonly string[];
}

/** Adds the family's rows. */
export function registerHousehold(
  city: CityContext,
  rows: CityRows,
  random: Random,
  family: Family,
  dwelling: Dwelling,
): HouseholdEntry {
  const number = family.migrant ? '' : city.keys.household();
  const plate = plateRow(dwelling);
  plate.mlpxz = storedPlateDetail(random, plate.mlpxz);
  rows.HJXX_MLPXXXXB.push(plate);
  const head = family.members[0].person;
  const since = Math.max(family.arrived, REGISTER_SINCE);
  if (!family.migrant) {
    const row = householdRow(number, head, dwelling, since);
    row.hzxm = storedText(random, row.hzxm);
    if (since > REGISTER_SINCE && random.chance(dirt.superseded)) {
      rows.HJXX_HXXB.push({ ...row, qysj: compactDay(REGISTER_SINCE), pcs: `${dwelling.division}000000` });
    }
    rows.HJXX_HXXB.push(row);
  }
  const ethnicity = random.chance(people.minority) ? random.draw(MINORITIES) : '01';
  const statuses = family.members.map((member) => {
    const row = memberRow(city, random, family, dwelling, member, number, ethnicity);
    addStates(city, rows.HJXX_CZRKJBXXB, random, row, dwelling);
    return row.ryzt;
  });
  if (!family.migrant && statuses[0] === '0') city.neighbours.remember({ person: head, dwelling, household: number });
  return { number, statuses };
}

function memberRow(
  city: CityContext,
  random: Random,
  family: Family,
  dwelling: Dwelling,
  member: Member,
  household: string,
  ethnicity: string,
): ResidentRow {
  const { person } = member;
  const age = ageInYears(person.birth, city.asOf);
  const bornHere = Math.min(person.birth + random.between(3, 25), city.asOf);
  const row = residentRow({
    key: city.keys.resident(),
    person,
    formerName: random.chance(people.formerName) ? surname(random) + person.name.slice(1) : null,
    ethnicity,
    birthDivision: person.id.slice(0, 6),
    phone: age < 14 || random.chance(people.noPhone) ? null : phone(random),
    guardians: age < 18 && member.guardiansRecorded ? guardiansOf(member) : [],
    father: member.father,
    mother: member.mother,
    household,
    relation: family.migrant ? '' : member.relation,
    status: family.migrant ? '0' : statusOf(random, age),
    migrant: family.migrant,
    division: family.registeredDivision,
    dwelling,
    movedIn: Math.max(family.arrived, bornHere),
  });
  row.qysj = compactDay(Math.max(family.arrived, bornHere, REGISTER_SINCE));
  row.gmsfhm = storedX(random, row.gmsfhm);
  row.xm = storedText(random, row.xm);
  row.csrq = storedDate(random, dirt.zeroBirthDate, row.csrq);
  row.hslbz = storedDate(random, dirt.zeroMovedIn, row.hslbz);
  return row;
}

/** Father and mother as the guardians of their child. */
export function guardiansOf(member: Pick<Member, 'father' | 'mother'>): readonly Guardian[] {
  const guardians: Guardian[] = [];
  if (member.father !== null) guardians.push({ id: member.father.id, name: member.father.name, relation: '51' });
  if (member.mother !== null) guardians.push({ id: member.mother.id, name: member.mother.name, relation: '52' });
  return guardians;
}

function statusOf(random: Random, age: number): string {
  if (age >= 60 && random.chance(status.dead)) return '1';
  if (random.chance(status.movedOut)) return '2';
  if (age >= 18 && age <= 30 && random.chance(status.military)) return '3';
  if (random.chance(status.emigrated)) return '4';
  if (random.chance(status.missing)) return '6';
  return random.chance(status.cancelled) ? '8' : '0';
}

/** The current row, with at most one older or void state beside it. */
function addStates(city: CityContext, into: ResidentRow[], random: Random, row: ResidentRow, dwelling: Dwelling): void {
  const began = dayOf(`${row.qysj.slice(0, 4)}-${row.qysj.slice(4, 6)}-${row.qysj.slice(6)}`);
  const fate = random.word() / 0x1_0000_0000;
  if (fate < dirt.superseded) {
    into.push(supersededState(row, began));
  } else if (fate < dirt.superseded + dirt.history) {
    const earlier = earlierState(city, random, row, dwelling, began);
    if (earlier !== null) into.push(earlier);
  } else if (fate < dirt.superseded + dirt.history + dirt.cancelled && began < city.asOf - 1) {
    const later = compactDay(random.between(began + 1, city.asOf));
    into.push(row, { ...row, xm: surname(random) + row.xm.slice(1), qysj: later, cxbz: '1' });
    return;
  }
  into.push(row);
}

/** A state that was never closed: only its earlier qysj tells that a later one replaced it. */
export function supersededState(row: ResidentRow, began: Day): ResidentRow {
  return {
    ...row,
    lxdh: null,
    jhryxm: null,
    jhrygmsfhm: null,
    jhryjhgx: null,
    jhrexm: null,
    jhregmsfhm: null,
    jhrejhgx: null,
    qysj: compactDay(addMonthsToDay(began, -6)),
  };
}

function earlierState(
  city: CityContext,
  random: Random,
  row: ResidentRow,
  dwelling: Dwelling,
  began: Day,
): ResidentRow | null {
  const earlierHome = city.neighbours.pick(random, dwelling.division);
  if (earlierHome === null) return null;
  const from = addMonthsToDay(began, -random.between(6, 60));
  const household = row.hb === '1' ? earlierHome.household : '';
  const relation = row.hb === '1' ? '97' : '';
  return {
    ...row,
    mlph: earlierHome.dwelling.plate,
    hh: household,
    yhzgx: relation,
    hslbz: compactDay(from),
    qysj: compactDay(from),
    jssj: row.qysj,
  };
}
