/** The workload `verify`: the primary-school matter judged by hand-written rules. */
import type { Applicant } from '../ground.js';
import { type Answered, type Read, readAny, readOwned } from './enrolment.js';
import { paidMonths } from './insurance.js';
import { lastDay, licenceStatus } from './licences.js';
import { addressOf, type Child, childOf, formsOfAll, guardianIds, REGISTRATION, STATUS } from './people.js';
import { rightsOf, unitOf } from './property.js';
import { date, formsOf, named, type RowsByKey, rowsOf, text } from './raw.js';
import { type Family, type GuardianFacts, judge } from './rules.js';
import { vaccinationOf } from './vaccination.js';

interface GuardianReads {
  readonly ownerships: RowsByKey;
  readonly units: RowsByKey;
  readonly licences: RowsByKey;
  readonly months: RowsByKey;
}

async function readGuardians(read: Read, ids: readonly string[]): Promise<GuardianReads> {
  const forms = formsOfAll(ids);
  const [owned, licences, months] = await Promise.all([
    readOwned(read, forms, 'ownerships'),
    readAny(read, 'judgedLicences', forms),
    readAny(read, 'months', forms),
  ]);
  return { ...owned, licences, months };
}

function factsOf(id: string, { ownerships, units, licences, months }: GuardianReads): GuardianFacts {
  return {
    properties: rightsOf(id, ownerships).map(({ manner, share, number }) => ({
      manner,
      share,
      number,
      unit: unitOf(units, number),
    })),
    licences: rowsOf(licences, id).map((row) => ({
      typeCode: text(row.zzlxdm),
      status: licenceStatus(row),
      validFrom: date(row.zzyxqqsrq),
      validTo: lastDay(row),
      address: text(row.zmdz),
    })),
    months: paidMonths(id, months),
  };
}

function familyOf({ row, guardians }: Child, reads: GuardianReads, vaccination: Family['vaccination']): Family {
  return {
    birthDate: date(row.csrq),
    status: named(row.ryzt, STATUS, 'OTHER'),
    registration: named(row.hb, REGISTRATION, null),
    division: text(row.ssxq),
    movedIn: date(row.hslbz),
    address: addressOf(row)?.text ?? null,
    guardians: guardians.map(({ id }) => ({ id, facts: id === null ? null : factsOf(id, reads) })),
    vaccination,
  };
}

/**
 * Judges many cases together: every read once for all of them.
 * @param filedOn day of filing of all of them, `YYYY-MM-DD`
 */
export async function verifyMany(read: Read, applicants: readonly Applicant[], filedOn: string) {
  const own = formsOfAll(applicants.map(({ child }) => child));
  const reading = async () => {
    const rows = await read('judgedResidents', own);
    const children = applicants.map(({ child }) => childOf(rows, child));
    return { children, reads: await readGuardians(read, [...new Set(children.flatMap(guardianIds))]) };
  };
  const [vaccinations, { children, reads }] = await Promise.all([read('vaccinations', own), reading()]);
  return applicants.map(({ child: id, guardian }, i) => {
    const child = children[i] ?? null;
    const record = vaccinationOf(rowsOf(vaccinations, id), filedOn);
    const vaccination = record === null ? null : { result: record.assessment?.result ?? null };
    const facts = child === null ? null : familyOf(child, reads, vaccination);
    return { verdict: judge(facts, guardian, filedOn), subjects: [id, guardian, ...guardianIds(child)], facts };
  });
}

/** Judges a registered case by the rules of its day of filing, `YYYY-MM-DD`. */
export async function verify(read: Read, applicant: Applicant, filedOn: string): Promise<Answered> {
  const { child: id, guardian } = applicant;
  const own = formsOf(id);
  const reading = async () => {
    const child = childOf(await read('judgedResidents', own), id);
    return { child, reads: await readGuardians(read, guardianIds(child)) };
  };
  const [vaccinations, { child, reads }] = await Promise.all([read('vaccinations', own), reading()]);
  const record = vaccinationOf(rowsOf(vaccinations, id), filedOn);
  const vaccination = record === null ? null : { result: record.assessment?.result ?? null };
  const family = child === null ? null : familyOf(child, reads, vaccination);
  const verdict = judge(family, guardian, filedOn);
  return { data: { verify: verdict }, subjects: [id, guardian, ...guardianIds(child)], facts: family };
}
