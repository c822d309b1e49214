/** Real-estate registration (自然资源不动产登记). */
import { CITY_PREFIX } from '../../src/domain/divisions.js';
import type { DepartmentDefinition } from '../definition.js';
import { ownership, propertyUnit } from './queries.js';
import { ownershipRows, propertyUnitRows } from './rows.js';
import { tables } from './tables.js';

/** Land is registered where it lies: every unit number begins with a division of the city. */
export const department: DepartmentDefinition = {
  code: 'PROPERTY',
  coverage: [CITY_PREFIX],
  tables,
  sources: {
    PropertyUnit: { query: propertyUnit, mapping: propertyUnitRows },
    Ownership: { query: ownership, mapping: ownershipRows },
  },
  derivations: {},
};
