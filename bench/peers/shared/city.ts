/** The five departments: the floors' SELECTs and mappings, of many keys at once. */
import type { RowDataPacket } from 'mysql2/promise';
import { type Paid, pageOfMonths } from '../../floors/insurance.js';
import { typedLicences } from '../../floors/licences.js';
import { addressOf, childOf, formsOfAll, STATUS } from '../../floors/people.js';
import { endPools, openPools } from '../../floors/pools.js';
import { pageOfRights, type Unit, unitOf } from '../../floors/property.js';
import { byKey, date, named, type RowsByKey, rowsOf, text } from '../../floors/raw.js';
import { DEPARTMENT_OF, LOOKUPS, type LookupName, statementFor } from '../../floors/statements.js';
import { type Vaccination, vaccinationOf } from '../../floors/vaccination.js';
import type { Ground } from '../../ground.js';

/** A resident of whom the citizen ID is known and nothing else was read. */
export interface ResidentReference {
  /** Canonical citizen ID. */
  readonly idNumber: string;
}

/** A guardian of a resident. */
export interface Guardianship {
  readonly relation: string | null;
  readonly name: string | null;
  /** Null where the stored citizen ID is not valid. */
  readonly resident: ResidentReference | null;
}

/** A resident as household registration has it. */
export interface Resident extends ResidentReference {
  readonly name: string | null;
  readonly birthDate: string | null;
  readonly status: string | null;
  readonly movedInDate: string | null;
  readonly address: { readonly text: string | null } | null;
  readonly guardians: readonly Guardianship[];
}

/** One person's right in one unit. */
export interface Ownership {
  readonly manner: string | null;
  readonly share: number | null;
  /** Number of the unit. */
  readonly number: string;
}

/** A licence. */
export type Licence = ReturnType<typeof typedLicences>[number];

/** Reads of many keys; the results stand in the order of the keys. */
export interface City {
  readonly residents: (ids: readonly string[]) => Promise<(Resident | null)[]>;
  readonly properties: (ids: readonly string[]) => Promise<Ownership[][]>;
  readonly units: (numbers: readonly string[]) => Promise<(Unit | null)[]>;
  readonly licences: (ids: readonly string[]) => Promise<Licence[][]>;
  readonly insuredMonths: (ids: readonly string[]) => Promise<Paid[][]>;
  readonly vaccinations: (ids: readonly string[]) => Promise<(Vaccination | null)[]>;
  close(): Promise<void>;
}

/** Rows of a resident, with whatever older ones there are → the current resident; null where there is none. */
export function residentFrom(rows: RowsByKey, idNumber: string): Resident | null {
  const child = childOf(rows, idNumber);
  if (child === null) return null;
  const { row, guardians } = child;
  return {
    idNumber,
    name: text(row.xm),
    birthDate: date(row.csrq),
    status: named(row.ryzt, STATUS, 'OTHER'),
    movedInDate: date(row.hslbz),
    address: addressOf(row),
    guardians: guardians.map(({ relation, name, id }) => ({
      relation,
      name,
      resident: id === null ? null : { idNumber: id },
    })),
  };
}

/** The first page of a person's rights. */
export function ownershipsOf(id: string, rows: RowsByKey): Ownership[] {
  return pageOfRights(id, rows).map(({ manner, share, number }) => ({ manner, share, number }));
}

/** Opens pools to the five departments, as many connections to each as the ground allows. */
export function openCity(ground: Ground): City {
  const pools = openPools(ground);
  async function read(name: LookupName, keys: readonly string[]): Promise<RowsByKey> {
    const pool = pools.get(DEPARTMENT_OF[name]);
    if (pool === undefined) throw new RangeError(`no pool for ${name}`);
    const [rows] = await pool.execute<RowDataPacket[]>(statementFor(name, keys.length), [...keys]);
    return byKey(rows, LOOKUPS[name].key);
  }
  async function ofPeople<T>(name: LookupName, ids: readonly string[], of: (id: string, rows: RowsByKey) => T) {
    const rows = await read(name, formsOfAll(ids));
    return ids.map((id) => of(id, rows));
  }
  return {
    residents: (ids) => ofPeople('residents', ids, (id, rows) => residentFrom(rows, id)),
    properties: (ids) => ofPeople('ownerships', ids, ownershipsOf),
    async units(numbers) {
      const rows = await read('units', [...new Set(numbers)]);
      return numbers.map((number) => unitOf(rows, number));
    },
    licences: (ids) => ofPeople('licences', ids, typedLicences),
    insuredMonths: (ids) => ofPeople('months', ids, pageOfMonths),
    vaccinations: (ids) => ofPeople('vaccinations', ids, (id, rows) => vaccinationOf(rowsOf(rows, id), ground.filedOn)),
    close: () => endPools(pools.values()),
  };
}
