/** Child vaccination (疾控预防接种), a provincial system. */
import type { DepartmentDefinition } from '../definition.js';
import { assessment } from './assessment.js';
import { vaccinationRecord } from './queries.js';
import { vaccinationRecordRows } from './rows.js';
import { tables } from './tables.js';

/** The province's children: a record lies in the division of the unit that keeps it, which may be another city's or not recorded. */
export const department: DepartmentDefinition = {
  code: 'VACCINATION',
  coverage: [],
  tables,
  sources: { VaccinationRecord: { query: vaccinationRecord, mapping: vaccinationRecordRows } },
  derivations: { 'VaccinationRecord.assessment': assessment },
};
