/** Who may read which field for which matter: a fixed table, where the gateway has grants. */
import type { Ground } from '../../ground.js';

/** Schema coordinates, such as `Resident.name`. */
export type Rights = ReadonlySet<string>;

/** What the client `bench` may read: the enrolment read. Other fields of the schema are withheld from it. */
const ENROLMENT_READ: Rights = new Set([
  'Query.resident',
  'Resident.name',
  'Resident.birthDate',
  'Resident.status',
  'Resident.movedInDate',
  'Resident.address',
  'Resident.guardians',
  'Resident.properties',
  'Resident.licences',
  'Resident.insuredMonths',
  'Resident.vaccination',
  'Address.text',
  'Guardianship.relation',
  'Guardianship.resident',
  'Ownership.manner',
  'Ownership.share',
  'Ownership.unit',
  'PropertyUnit.address',
  'PropertyUnit.area',
  'PropertyUnit.usage',
  'Licence.typeCode',
  'Licence.status',
  'Licence.validFrom',
  'Licence.validTo',
  'InsuredMonth.month',
  'InsuredMonth.kind',
  'VaccinationRecord.assessment',
  'VaccinationAssessment.result',
]);

const NONE: Rights = new Set();

/** Yields what a client may read for a matter. */
export function rightsTable({ matter }: Pick<Ground, 'matter'>): (client: string, asked: string) => Rights {
  const table = new Map([[`bench ${matter}`, ENROLMENT_READ]]);
  return (client, asked) => table.get(`${client} ${asked}`) ?? NONE;
}
