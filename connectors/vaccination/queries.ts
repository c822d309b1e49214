/** What is read of the tables of children and inoculations: one SELECT, a raw row for each dose. */
import { citizenForms } from '../clean.js';
import type { Query } from '../definition.js';

/** Children's records with their doses, the earliest first. */
export const vaccinationRecord: Query = {
  from: 'YMJZ_ETDA as c',
  joins: {
    d: { table: 'YMJZ_JZJL', kind: 'left', on: ['d.fchildno', 'c.fchildno'], current: [['d.scbz', 'is', '0']] },
  },
  current: [['c.zt', 'isNot', '9']],
  region: 'c.stationCode',
  lookups: {
    childIdNumber: {
      column: 'c.sfzh',
      forms: citizenForms,
    },
  },
  // A child who moved has a record at each place; the one in charge (zt 1) counts.
  technical: ['c.fchildno', 'c.zt'],
  attributes: {
    $row: ['c.fchildno'],
    childNumber: ['c.fchildno'],
    doses: ['d.jlid'],
    'doses.vaccine': ['d.jlid', 'd.ym'],
    'doses.dose': ['d.jlid', 'd.jc'],
    'doses.date': ['d.jlid', 'd.jzrq'],
    'doses.lot': ['d.jlid', 'd.ymph'],
    'doses.station': ['d.jlid', 'd.stationCode'],
    'doses.free': ['d.jlid', 'd.ismf'],
    assessmentBasis: ['c.csrq', 'd.jlid', 'd.ym', 'd.jc', 'd.jzrq'],
  },
};
