/** What is read of the licence library. The catalogue is not needed: a licence carries its type's name. */
import { citizenForms, exactForm } from '../clean.js';
import type { Query } from '../definition.js';

/** Licences of every status; deleted rows are none. */
export const licence: Query = {
  from: 'DZZZ_ZZXX as z',
  joins: {},
  current: [['z.scbz', 'is', '0']],
  region: 'z.zzbfjgxzqh',
  lookups: {
    id: { column: 'z.zzbs', forms: exactForm },
    holderNumber: { column: 'z.czztdm', forms: citizenForms },
  },
  technical: [],
  attributes: {
    $row: ['z.zzbs'],
    id: ['z.zzbs'],
    typeCode: ['z.zzlxdm'],
    typeName: ['z.zzmc'],
    number: ['z.zzbh'],
    issuer: ['z.zzbfjg'],
    division: ['z.zzbfjgxzqh'],
    issuedDate: ['z.zzbfrq'],
    validFrom: ['z.zzyxqqsrq'],
    validTo: ['z.zzyxqjzrq'],
    status: ['z.zzzt'],
    holderName: ['z.czzt'],
    address: ['z.zmdz'],
    holder: ['z.czztdmlxdm', 'z.czztdm'],
  },
};
