/** Human resources and social security (人社). */
import { CITY_PREFIX } from '../../src/domain/divisions.js';
import type { DepartmentDefinition } from '../definition.js';
import { dishonestyListing, enterprise, insuranceEnrolment, insuredMonth } from './queries.js';
import { dishonestyListingRows, enterpriseRows, insuranceEnrolmentRows, insuredMonthRows } from './rows.js';
import { tables } from './tables.js';

/** The city's own insurance system: whoever is enrolled, or enrols others, does so in a division of the city. */
export const department: DepartmentDefinition = {
  code: 'SOCIAL_SECURITY',
  coverage: [CITY_PREFIX],
  tables,
  sources: {
    InsuranceEnrolment: { query: insuranceEnrolment, mapping: insuranceEnrolmentRows },
    InsuredMonth: { query: insuredMonth, mapping: insuredMonthRows },
    DishonestyListing: { query: dishonestyListing, mapping: dishonestyListingRows },
    Enterprise: { query: enterprise, mapping: enterpriseRows },
  },
  derivations: {},
};
