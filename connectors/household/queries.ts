/** What is read of the population, household and door-plate tables. */
import { citizenForms, exactForm } from '../clean.js';
import type { Column, Join, Query } from '../definition.js';

const plate = (on: string): Join => ({
  table: 'HJXX_MLPXXXXB',
  kind: 'left',
  on: ['p.mlph', on],
  current: [['p.cxbz', 'is', '0']],
});

/** The plate's own division: that of a migrant's row is the registration elsewhere. */
const addressColumns: Readonly<Record<string, readonly Column[]>> = {
  address: ['p.mlph as plate'],
  'address.division': ['p.mlph as plate', 'p.ssxq as plate_ssxq'],
  'address.text': ['p.mlph as plate', 'p.ssxq as plate_ssxq', 'p.xzjd', 'p.jlx', 'p.mlpxz'],
};

/** Which of the four possible guardians are recorded, without reading who they are. */
const recordedGuardians: readonly Column[] = [
  { filled: ['r.jhryxm', 'r.jhrygmsfhm'], as: 'jhry' },
  { filled: ['r.jhrexm', 'r.jhregmsfhm'], as: 'jhre' },
  { filled: ['r.fqxm', 'r.fqgmsfhm'], as: 'fq' },
  { filled: ['r.mqxm', 'r.mqgmsfhm'], as: 'mq' },
];
const guardianNumbers: readonly Column[] = [
  ...recordedGuardians,
  'r.jhrygmsfhm',
  'r.jhregmsfhm',
  'r.fqgmsfhm',
  'r.mqgmsfhm',
];

/** Residents: one current row each, except where an old 15-digit row was never closed. */
export const resident: Query = {
  from: 'HJXX_CZRKJBXXB as r',
  joins: { p: plate('r.mlph') },
  current: [
    ['r.cxbz', 'is', '0'],
    ['r.jssj', 'is', '00000000'],
    ['r.ryzt', 'isNot', '7'],
  ],
  region: 'r.ssxq',
  lookups: {
    idNumber: { column: 'r.gmsfhm', forms: citizenForms },
    householdNumber: { column: 'r.hh', forms: exactForm },
  },
  technical: ['r.gmsfhm', 'r.qysj'],
  attributes: {
    $row: ['r.ryid'],
    idNumber: ['r.gmsfhm'],
    name: ['r.xm'],
    formerName: ['r.cym'],
    sex: ['r.xb'],
    ethnicity: ['r.mz'],
    birthDate: ['r.csrq'],
    phone: ['r.lxdh'],
    status: ['r.ryzt'],
    registration: ['r.hb'],
    registeredDivision: ['r.ssxq'],
    householdRelation: ['r.yhzgx'],
    movedInDate: ['r.hslbz'],
    householdNumber: ['r.hh'],
    ...addressColumns,
    guardians: recordedGuardians,
    'guardians.relation': [...recordedGuardians, 'r.jhryjhgx', 'r.jhrejhgx'],
    'guardians.name': [...recordedGuardians, 'r.jhryxm', 'r.jhrexm', 'r.fqxm', 'r.mqxm'],
    'guardians.idNumber': guardianNumbers,
    'guardians.guardian': guardianNumbers,
  },
};

/** Households. */
export const household: Query = {
  from: 'HJXX_HXXB as h',
  joins: { p: plate('h.mlph') },
  current: [
    ['h.cxbz', 'is', '0'],
    ['h.jssj', 'is', '00000000'],
  ],
  region: 'h.ssxq',
  lookups: { number: { column: 'h.hh', forms: exactForm } },
  technical: ['h.qysj'],
  attributes: {
    $row: ['h.hh'],
    number: ['h.hh'],
    kind: ['h.hlx'],
    headName: ['h.hzxm'],
    headIdNumber: ['h.hzgmsfhm'],
    division: ['h.ssxq'],
    ...addressColumns,
  },
};
