/** What is read of the tables of persons, employers, enrolments and payments. */
import { parseCitizenId } from '../../src/domain/identifiers.js';
import { citizenForms, exactForm } from '../clean.js';
import type { Query } from '../definition.js';
import { KIND, STATE } from './codes.js';

/** Enrolments, found by the insured person's citizen ID. */
export const insuranceEnrolment: Query = {
  from: 'AC01 as p',
  joins: {
    e: { table: 'AC02', kind: 'inner', on: ['e.aac001', 'p.aac001'], current: [] },
    b: { table: 'AB01', kind: 'left', on: ['b.aab001', 'e.aab001'], current: [['b.aae100', 'is', '1']] },
  },
  current: [['p.aae100', 'is', '1']],
  region: 'e.aab301',
  lookups: {
    insuredIdNumber: { column: 'p.aac002', forms: citizenForms },
  },
  // A person with an old and a new personal number has each kind twice.
  technical: ['e.aae140', 'e.aac031'],
  attributes: {
    $row: ['e.aac001', 'e.aae140'],
    kind: ['e.aae140'],
    state: ['e.aac031'],
    enrolledDate: ['e.aac030'],
    division: ['e.aab301'],
    employerCode: ['b.aab003'],
  },
  scan: {
    by: 'insuredIdNumber',
    parse: parseCitizenId,
    where: {
      kind: { column: 'e.aae140', codes: KIND },
      state: { column: 'e.aac031', codes: STATE },
    },
  },
};

/** Months really paid, the newest first. */
export const insuredMonth: Query = {
  from: 'AC01 as p',
  joins: {
    m: { table: 'AC43', kind: 'inner', on: ['m.aac001', 'p.aac001'], current: [] },
  },
  current: [
    ['p.aae100', 'is', '1'],
    ['m.aae111', 'is', '1'],
  ],
  region: 'p.aab301',
  lookups: {
    insuredIdNumber: { column: 'p.aac002', forms: citizenForms },
  },
  technical: [],
  attributes: {
    $row: ['m.aac001', 'm.aae140', 'm.aae003'],
    month: ['m.aae003'],
    kind: ['m.aae140'],
    amount: ['m.aae020'],
  },
};

/** Entries of the department's own lists of bad records, found by the enterprise's code; entries that were struck out as wrong are none. */
export const dishonestyListing: Query = {
  from: 'LD_SXCJMD as s',
  joins: {},
  current: [['s.aae100', 'is', '1']],
  region: 's.aab301',
  lookups: { listedCode: { column: 's.aab003', forms: exactForm } },
  technical: [],
  attributes: {
    $row: ['s.mdbh'],
    list: ['s.mdlx'],
    listedDate: ['s.lrrq'],
    removedDate: ['s.ycrq'],
  },
};

/** Employers. */
export const enterprise: Query = {
  from: 'AB01 as b',
  joins: {},
  current: [['b.aae100', 'is', '1']],
  region: 'b.aab301',
  lookups: { creditCode: { column: 'b.aab003', forms: exactForm } },
  technical: [],
  attributes: {
    $row: ['b.aab001'],
    creditCode: ['b.aab003'],
    name: ['b.aab004'],
    division: ['b.aab301'],
  },
};
