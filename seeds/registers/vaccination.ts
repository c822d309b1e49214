/** Vaccination records of a family's children, by the national schedule with late and missing doses. */
import { childRow, doseRow, stationOf } from '../build.js';
import { addMonthsToDay, ageInYears, type Day, dayOf } from '../days.js';
import { storedDate, storedX } from '../dirt.js';
import type { Random } from '../random.js';
import { RATES, VACCINATION_UNDER_YEARS } from '../rates.js';
import { scheduleFor } from '../reference.js';
import type { ChildRow, CityRows } from '../rows.js';
import type { CityContext, Register } from './context.js';

const { vaccination, dirt } = RATES;

/** Births from this day on follow the schedule of 2025. */
export const SCHEDULE_2025 = dayOf('2025-01-01');

/** Adds the records of the family's small children. */
export const registerVaccinations: Register = (city, rows, random, family) => {
  for (const { person } of family.members) {
    if (ageInYears(person.birth, city.asOf) >= VACCINATION_UNDER_YEARS) continue;
    if (random.chance(vaccination.noRecord)) continue;
    const station = stationOf(family.dwelling);
    const child = childRow(station.slice(0, 10) + city.keys.child(), person, station);
    child.sfzh = random.chance(vaccination.noIdNumber) ? '' : storedX(random, child.sfzh);
    if (random.chance(vaccination.movedAway)) child.zt = '2';
    rows.YMJZ_ETDA.push(child);
    addDoses(city, rows, random, child, person.birth);
  }
};

function addDoses(city: CityContext, rows: CityRows, random: Random, child: ChildRow, birth: Day): void {
  const schedule = scheduleFor(birth >= SCHEDULE_2025, random.chance(vaccination.inactivated));
  for (const [vaccine, number, months] of schedule) {
    const due = addMonthsToDay(birth, months);
    if (due > city.asOf) break;
    if (random.chance(vaccination.missing)) continue;
    const delay = random.chance(vaccination.late) ? random.between(40, 400) : random.between(0, 25);
    // The first dose of JE-I is followed by the second a week later.
    const day = due + delay + (vaccine === '0602' && number === 2 ? 8 : 0);
    if (day > city.asOf) continue;
    const row = doseRow(city.keys.dose(), child, { vaccine, number, day, lot: random.word() });
    row.jzrq = storedDate(random, dirt.zeroDose, row.jzrq);
    rows.YMJZ_JZJL.push(row);
    if (random.chance(dirt.deletedDose)) rows.YMJZ_JZJL.push({ ...row, jlid: city.keys.dose(), scbz: '1' });
  }
}
