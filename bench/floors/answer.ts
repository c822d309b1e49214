/** Raw rows of the six SELECTs → one resident of the enrolment read. By hand, for this one answer. */
import { pageOfMonths } from './insurance.js';
import { typedLicences } from './licences.js';
import { addressOf, type Child, STATUS } from './people.js';
import { pageOfRights, unitOf } from './property.js';
import { date, named, type RowsByKey, rowsOf, text } from './raw.js';
import { vaccinationOf } from './vaccination.js';

/** What the reads of guardians gave. */
export interface GuardianReads {
  readonly ownerships: RowsByKey;
  readonly units: RowsByKey;
  readonly licences: RowsByKey;
  readonly months: RowsByKey;
}

/** Properties as the enrolment read shows them. */
export function propertiesOf(id: string, { ownerships, units }: GuardianReads) {
  return pageOfRights(id, ownerships).map(({ manner, share, number }) => ({
    manner,
    share,
    unit: unitOf(units, number),
  }));
}

/** The result of the vaccination assessment as the enrolment read shows it. */
export function assessedOf(id: string, vaccinations: RowsByKey, day: string) {
  const record = vaccinationOf(rowsOf(vaccinations, id), day);
  return record === null ? null : { assessment: record.assessment };
}

/**
 * One resident.
 * @param child null where there is no such resident
 * @param day a vaccination is judged by, `YYYY-MM-DD`
 */
export function residentOf(
  id: string,
  child: Child | null,
  vaccinations: RowsByKey,
  reads: GuardianReads,
  day: string,
): Readonly<Record<string, unknown>> | null {
  if (child === null) return null;
  const { row, guardians } = child;
  return {
    name: text(row.xm),
    birthDate: date(row.csrq),
    status: named(row.ryzt, STATUS, 'OTHER'),
    movedInDate: date(row.hslbz),
    address: addressOf(row),
    guardians: guardians.map((guardian) => ({
      relation: guardian.relation,
      resident:
        guardian.id === null
          ? null
          : {
              properties: propertiesOf(guardian.id, reads),
              licences: typedLicences(guardian.id, reads.licences),
              insuredMonths: pageOfMonths(guardian.id, reads.months),
            },
    })),
    vaccination: assessedOf(id, vaccinations, day),
  };
}
