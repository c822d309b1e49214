/** The electronic-licence library (电子证照库). */
import type { DepartmentDefinition } from '../definition.js';
import { licence } from './queries.js';
import { licenceRows } from './rows.js';
import { tables } from './tables.js';

/** Provincial and national authorities issue licences too, so the issuers' divisions are not all of the city. */
export const department: DepartmentDefinition = {
  code: 'LICENCES',
  coverage: [],
  tables,
  sources: { Licence: { query: licence, mapping: licenceRows } },
  derivations: {},
};
