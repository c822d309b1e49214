/**
 * The random city: Nanping with made-up people, at any size, as the rows of its departments'
 * tables. One family after another, so memory stays bounded whatever the size. The same
 * (residents, seed, asOf) gives the same rows on every platform, and the first families are the
 * same whatever the size. All people are invented; numbers that happen to be somebody's are chance.
 */

import { employerRow } from './build.js';
import { CitizenIds } from './citizen-ids.js';
import { compactMonthsBefore, dayOf } from './days.js';
import { Dwellings } from './dwellings.js';
import { enterprise } from './enterprises.js';
import { composeFamilies, type Family } from './families.js';
import { SurrogateKeys } from './keys.js';
import { hash32, Random } from './random.js';
import { CONTRIBUTION_MONTHS, FAMILIES_PER_ENTERPRISE } from './rates.js';
import { MORTGAGE_BANK } from './reference.js';
import { type CityContext, Neighbours } from './registers/context.js';
import { registerDishonesty } from './registers/dishonesty.js';
import { registerInsurance } from './registers/employment.js';
import { registerHousehold } from './registers/household.js';
import { addCatalogue, registerEnterpriseLicences, registerMigrantLicences } from './registers/licences.js';
import { registerHome, registerPremises } from './registers/property.js';
import { registerVaccinations } from './registers/vaccination.js';
import { type CityRows, noRows } from './rows.js';

/** The day the demonstration city stands at: the school season of 2026. */
export const DEFAULT_AS_OF = '2026-07-01';
/** Seed of the demonstration city. */
export const DEFAULT_SEED = 3507;

/** Which city. */
export interface CityOptions {
  /** How many residents, 0 to 20,000,000; the named stories' people come on top. */
  readonly residents: number;
  /** An integer from 0 to 4,294,967,295. Default {@link DEFAULT_SEED}. */
  readonly seed?: number;
  /** The day of the city, `YYYY-MM-DD`, 2000 to 2050. Default {@link DEFAULT_AS_OF}. */
  readonly asOf?: string;
}

/** Some families' rows. */
export interface CityBatch {
  readonly rows: CityRows;
  /** How many residents were generated so far, this batch included. */
  readonly residents: number;
}

/** Residents after which a batch is handed on. */
const RESIDENTS_PER_BATCH = 400;
/** Share of enterprises that own their premises. */
const OWN_PREMISES = 0.4;

const FAMILIES = hash32('families');
const FOUNDATION = hash32('foundation');

/**
 * The city's rows, lazily: nothing is generated before it is asked for.
 * @throws RangeError where an option is out of its bound (at the first batch)
 */
export function* generateCity(options: CityOptions): Generator<CityBatch, void, undefined> {
  const { residents, seed = DEFAULT_SEED, asOf = DEFAULT_AS_OF } = options;
  if (!Number.isInteger(residents) || residents < 0 || residents > 20_000_000) {
    throw new RangeError('residents: an integer from 0 to 20000000');
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new RangeError('seed: an integer from 0 to 4294967295');
  }
  const today = dayOf(asOf);
  if (asOf < '2000-01-01' || asOf > '2050-12-31') throw new RangeError('asOf: a date from 2000-01-01 to 2050-12-31');

  const city: CityContext = {
    seed,
    asOf: today,
    keys: new SurrogateKeys(0),
    dwellings: new Dwellings(),
    neighbours: new Neighbours(),
    months: compactMonthsBefore(today, CONTRIBUTION_MONTHS),
    enterprises: 0,
  };
  const ids = new CitizenIds();
  let rows = noRows();
  addCatalogue(rows);
  rows.AB01.push(employerRow(MORTGAGE_BANK));
  let count = 0;
  let handedOn = 0;
  for (let index = 0; count < residents; index += 1) {
    const random = new Random(seed, FAMILIES, index);
    if (index % FAMILIES_PER_ENTERPRISE === 0) found(city, rows);
    for (const family of composeFamilies({ random, ids, asOf: today }, residents - count)) {
      settle(city, rows, random, family);
      count += family.members.length;
    }
    if (count - handedOn >= RESIDENTS_PER_BATCH) {
      yield { rows, residents: count };
      rows = noRows();
      handedOn = count;
    }
  }
  yield { rows, residents: count };
}

/** Gives a family a dwelling and enters it in the five registers. */
function settle(city: CityContext, rows: CityRows, random: Random, family: Family): void {
  const dwelling = city.dwellings.next(family.town);
  const { statuses } = registerHousehold(city, rows, random, family, dwelling);
  const settled = { ...family, dwelling, statuses };
  const rents = registerHome(city, rows, random, settled);
  registerVaccinations(city, rows, random, settled);
  registerInsurance(city, rows, random, settled);
  if (family.migrant) registerMigrantLicences(city, rows, random, settled, rents);
}

/** Founds the next enterprise. */
function found(city: CityContext, rows: CityRows): void {
  const founded = enterprise(city.seed, city.enterprises);
  const random = new Random(city.seed, FOUNDATION, city.enterprises);
  city.enterprises += 1;
  rows.AB01.push(employerRow(founded));
  const premises = city.dwellings.next(founded.town);
  if (random.chance(OWN_PREMISES)) registerPremises(city, rows, random, founded, premises);
  registerEnterpriseLicences(city, rows, random, founded, premises);
  registerDishonesty(city, rows, random, founded);
}
