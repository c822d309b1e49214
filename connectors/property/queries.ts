/** What is read of the tables of units, rights and holders of rights. */
import { citizenForms, exactForm } from '../clean.js';
import type { Query } from '../definition.js';

/** Units. The division is the first six digits of the number, GB/T 37346. */
export const propertyUnit: Query = {
  from: 'BDC_BDCDY as u',
  joins: {},
  current: [['u.zt', 'is', '1']],
  region: 'u.bdcdyh',
  lookups: { number: { column: 'u.bdcdyh', forms: exactForm } },
  technical: [],
  attributes: {
    $row: ['u.bdcdyh'],
    number: ['u.bdcdyh'],
    division: ['u.bdcdyh'],
    address: ['u.zl'],
    area: ['u.jzmj'],
    usage: ['u.ghyt'],
    mortgaged: ['u.sfdy'],
    seized: ['u.sfcf'],
    underObjection: ['u.sfyy'],
  },
};

/** Ownership: holders of current rights that are no mortgage (qllx 23). */
export const ownership: Query = {
  from: 'BDC_QLR as o',
  joins: {
    q: { table: 'BDC_QL', kind: 'inner', on: ['q.ywh', 'o.ywh'], current: [] },
  },
  current: [
    ['o.qszt', 'is', '1'],
    ['q.qszt', 'is', '1'],
    ['q.qllx', 'isNot', '23'],
  ],
  region: 'o.bdcdyh',
  lookups: {
    ownerNumber: { column: 'o.qlrzjh', forms: citizenForms },
    unitNumber: { column: 'o.bdcdyh', forms: exactForm },
  },
  technical: [],
  attributes: {
    $row: ['o.qlrid'],
    certificateNumber: ['o.bdcqzh'],
    rightKind: ['q.qllx'],
    manner: ['q.gyfs'],
    share: ['q.gyfs', 'o.qlbl'],
    registeredDate: ['q.djsj'],
    ownerName: ['o.qlrmc'],
    owner: ['o.qlrzjzl', 'o.qlrzjh'],
    unitNumber: ['o.bdcdyh'],
  },
};
