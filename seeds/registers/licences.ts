/** The licence library: migrants' residence permits and leases, enterprises' licences, the catalogue. */
import { type IssuedLicence, licenceRow } from '../build.js';
import { addMonthsToDay, ageInYears, type Day, yearOf } from '../days.js';
import { storedAddress, storedId } from '../dirt.js';
import type { FoundedEnterprise } from '../enterprises.js';
import type { Random } from '../random.js';
import { RATES } from '../rates.js';
import { LICENCE_STATUS, LICENCE_TYPES } from '../reference.js';
import type { CityRows, LicenceRow } from '../rows.js';
import { addressOf, type Dwelling, type Holder, holderOf } from '../world.js';
import type { CityContext, SettledFamily } from './context.js';

const { licences, dirt } = RATES;

/** Half a year of residence comes before the first permit. */
const DAYS_BEFORE_PERMIT = 183;
/** Endorsements older than this stay in the police archive. */
const YEARS_OF_ENDORSEMENTS = 4;

/** Rows of the catalogue. */
export function addCatalogue(rows: CityRows): void {
  for (const type of Object.values(LICENCE_TYPES)) {
    rows.DZZZ_MLXX.push({ zzlxdm: type.code, zzmc: type.name, zzbfjglx: type.issuerKind });
  }
}

/** Adds the permits of a migrant family and, where it rents, the lease record. */
export function registerMigrantLicences(
  city: CityContext,
  rows: CityRows,
  random: Random,
  family: SettledFamily,
  rents: boolean,
): void {
  for (const { person } of family.members) {
    if (ageInYears(person.birth, city.asOf) < 16 || !random.chance(licences.permit)) continue;
    addPermit(city, rows, random, family, { ...holderOf(person), number: storedId(random, person.id) });
  }
  if (rents && !random.chance(licences.leaseMissing)) addLease(city, rows, random, family);
}

function addPermit(city: CityContext, rows: CityRows, random: Random, family: SettledFamily, holder: Holder): void {
  const oldest = addMonthsToDay(city.asOf, -12 * YEARS_OF_ENDORSEMENTS) + random.below(365);
  const serial = city.keys.licence();
  let from = Math.max(family.arrived + DAYS_BEFORE_PERMIT + random.below(90), oldest);
  for (let version = 1; from <= city.asOf; version += 1) {
    const to = addMonthsToDay(from, 12) - 1;
    const status = statusAt(city, random, to, [
      [licences.permitSuspended, LICENCE_STATUS.SUSPENDED],
      [licences.permitCancelled, LICENCE_STATUS.CANCELLED],
    ]);
    add(rows, random, {
      kind: 'RESIDENCE_PERMIT',
      serial,
      version,
      ...place(family.dwelling),
      holder,
      number: `${family.dwelling.division}${serial}`,
      from,
      to,
      address: storedAddress(random, `福建省南平市${addressOf(family.dwelling)}`),
      status,
    });
    from = to + 1 + (random.chance(licences.endorsedLate) ? random.between(10, 150) : 0);
  }
}

function addLease(city: CityContext, rows: CityRows, random: Random, family: SettledFamily): void {
  const tenant = family.members[0].person;
  const expired = random.chance(licences.leaseExpired);
  const years = random.between(1, 3);
  const latest = expired ? addMonthsToDay(city.asOf, -12 * years) - 1 : city.asOf;
  const from = Math.max(family.arrived, latest - random.below(years * 365));
  if (from > city.asOf) return;
  const to = addMonthsToDay(from, 12 * years) - 1;
  const serial = city.keys.licence();
  add(rows, random, {
    kind: 'LEASE',
    serial,
    version: 1,
    ...place(family.dwelling),
    holder: { ...holderOf(tenant), number: storedId(random, tenant.id) },
    number: `${family.dwelling.divisionName}房租备字${yearOf(from)}第${serial}号`,
    from,
    to,
    address: storedAddress(random, `福建省南平市${addressOf(family.dwelling)}`),
    status: statusAt(city, random, to, [[licences.leaseCancelled, LICENCE_STATUS.CANCELLED]]),
  });
}

/** Adds the business licence of an enterprise and, of a public venue, the hygiene licence. */
export function registerEnterpriseLicences(
  city: CityContext,
  rows: CityRows,
  random: Random,
  enterprise: FoundedEnterprise,
  premises: Dwelling,
): void {
  const holder: Holder = { name: enterprise.name, number: enterprise.creditCode, document: '001', share: '' };
  const founded = city.asOf - random.between(200, 20 * 365);
  const common = { version: 1, ...place(premises), holder, address: storedAddress(random, addressOf(premises)) };
  const business = add(rows, random, {
    ...common,
    kind: 'BUSINESS',
    serial: city.keys.licence(),
    number: enterprise.creditCode,
    from: founded,
    to: null,
    status: statusAt(city, random, null, [
      [licences.businessRevoked, LICENCE_STATUS.REVOKED],
      [licences.businessCancelled, LICENCE_STATUS.CANCELLED],
    ]),
  });
  if (random.chance(0.4)) business.zzyxqjzrq = '00000000';
  if (!enterprise.venue) return;
  const expired = random.chance(licences.hygieneExpired);
  const from = city.asOf - (expired ? random.between(1500, 1800) : random.between(30, 1400));
  const to = addMonthsToDay(from, 48) - 1;
  const serial = city.keys.licence();
  add(rows, random, {
    ...common,
    kind: 'HYGIENE',
    serial,
    number: `${enterprise.town.divisionName.charAt(0)}卫公证字〔${yearOf(from)}〕第${serial}号`,
    from,
    to,
    status: statusAt(city, random, to, [
      [licences.hygieneRevoked, LICENCE_STATUS.REVOKED],
      [licences.hygieneCancelled, LICENCE_STATUS.CANCELLED],
      [licences.hygieneSuspended, LICENCE_STATUS.SUSPENDED],
    ]),
  });
}

function place(dwelling: Dwelling): Pick<IssuedLicence, 'division' | 'divisionName'> {
  return { division: dwelling.division, divisionName: dwelling.divisionName };
}

/** Status at the day of the city: expired (at times still called valid), or one of the fates at its rate, or valid. */
function statusAt(
  city: CityContext,
  random: Random,
  to: Day | null,
  fates: readonly (readonly [rate: number, status: string])[],
): string {
  if (to !== null && to < city.asOf) {
    return random.chance(dirt.expiredCalledValid) ? LICENCE_STATUS.VALID : LICENCE_STATUS.EXPIRED;
  }
  for (const [rate, status] of fates) if (random.chance(rate)) return status;
  return LICENCE_STATUS.VALID;
}

function add(rows: CityRows, random: Random, licence: IssuedLicence): LicenceRow {
  const row = licenceRow(licence);
  rows.DZZZ_ZZXX.push(row);
  if (random.chance(dirt.deletedLicence)) {
    // A twin issued by mistake: version 900 and up, deleted again.
    rows.DZZZ_ZZXX.push({ ...licenceRow({ ...licence, version: 900 + licence.version }), scbz: '1' });
  }
  return row;
}
