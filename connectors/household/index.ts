/** Household registration (公安户政). */
import type { DepartmentDefinition } from '../definition.js';
import { household, resident } from './queries.js';
import { householdRows, residentRows } from './rows.js';
import { tables } from './tables.js';

/** Migrants are registered in divisions of the whole country, so no prefix covers every row. */
export const department: DepartmentDefinition = {
  code: 'HOUSEHOLD',
  coverage: [],
  tables,
  sources: {
    Resident: { query: resident, mapping: residentRows },
    Household: { query: household, mapping: householdRows },
  },
  derivations: {},
};
