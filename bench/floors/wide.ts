/** The workload `wide`: some twenty-five fields over the five departments, by hand. */
import { type Answered, keep, type Read, readAny, readOwned } from './enrolment.js';
import { employerCodes, pageOfEnrolments } from './insurance.js';
import { namedLicences } from './licences.js';
import {
  addressOf,
  type Child,
  childOf,
  currentOf,
  formsOfAll,
  type Guardian,
  guardianIds,
  REGISTRATION,
  STATUS,
} from './people.js';
import { pageOfRights, unitOf } from './property.js';
import { date, formsOf, named, type Raw, type RowsByKey, rowsOf, text } from './raw.js';
import { vaccinationOf } from './vaccination.js';

const SEX: Readonly<Record<string, string>> = { '0': 'UNKNOWN', '1': 'MALE', '2': 'FEMALE', '9': 'UNSTATED' };
const HOUSEHOLD: Readonly<Record<string, string>> = { '1': 'FAMILY', '2': 'COLLECTIVE' };

interface GuardianReads {
  readonly phones: RowsByKey;
  readonly ownerships: RowsByKey;
  readonly units: RowsByKey;
  readonly licences: RowsByKey;
  readonly enrolments: RowsByKey;
  readonly employers: RowsByKey;
}

async function readGuardians(read: Read, ids: readonly string[]): Promise<GuardianReads> {
  const forms = formsOfAll(ids);
  const readEnrolled = async () => {
    const enrolments = keep(await readAny(read, 'enrolments', forms), forms);
    return { enrolments, employers: await readAny(read, 'employers', employerCodes(enrolments)) };
  };
  const [phones, owned, licences, enrolled] = await Promise.all([
    readAny(read, 'phones', forms),
    readOwned(read, forms, 'datedOwnerships'),
    readAny(read, 'namedLicences', forms),
    readEnrolled(),
  ]);
  return { phones, ...owned, licences, ...enrolled };
}

function readHousehold(read: Read, { row }: Child): Promise<RowsByKey> | RowsByKey {
  const number = text(row.hh);
  return readAny(read, 'households', number === null ? [] : [number]);
}

function householdOf({ row }: Child, households: RowsByKey) {
  let newest: Raw | null = null;
  for (const rival of households.get(text(row.hh) ?? '') ?? []) {
    if (newest === null || String(newest.qysj) < String(rival.qysj)) newest = rival;
  }
  return newest === null ? null : { kind: named(newest.hlx, HOUSEHOLD, null) };
}

function guardianOf({ relation, name, id }: Guardian, reads: GuardianReads) {
  const row = id === null ? null : currentOf(reads.phones, id);
  if (id === null || row === null) return { relation, name, resident: null };
  return {
    relation,
    name,
    resident: {
      phone: text(row.lxdh),
      properties: pageOfRights(id, reads.ownerships).map((right) => ({
        manner: right.manner,
        share: right.share,
        registeredDate: date(right.row.djsj),
        unit: unitOf(reads.units, right.number),
      })),
      licences: namedLicences(id, reads.licences),
      socialInsurance: pageOfEnrolments(id, reads.enrolments, reads.employers),
    },
  };
}

/** @param day a vaccination is judged by, `YYYY-MM-DD` */
export async function wide(read: Read, id: string, day: string): Promise<Answered> {
  const own = formsOf(id);
  const reading = async () => {
    const child = childOf(await read('wideResidents', own), id);
    if (child === null) return null;
    const [households, reads] = await Promise.all([
      readHousehold(read, child),
      readGuardians(read, guardianIds(child)),
    ]);
    return { child, households, reads };
  };
  const [vaccinations, found] = await Promise.all([read('vaccinations', own), reading()]);
  if (found === null) return { data: { resident: null }, subjects: [id] };
  const { child, households, reads } = found;
  const { row, guardians } = child;
  const resident = {
    name: text(row.xm),
    sex: named(row.xb, SEX, null),
    birthDate: date(row.csrq),
    status: named(row.ryzt, STATUS, 'OTHER'),
    registration: named(row.hb, REGISTRATION, null),
    movedInDate: date(row.hslbz),
    address: addressOf(row),
    household: householdOf(child, households),
    guardians: guardians.map((guardian) => guardianOf(guardian, reads)),
    vaccination: vaccinationOf(rowsOf(vaccinations, id), day),
  };
  return { data: { resident }, subjects: [id, ...guardianIds(child)] };
}
