/** Raw rows of household registration → clean attributes. Unknown codes: null, but a guardian's relation `OTHER`. */
import { compareText } from '../../src/domain/calendar.js';
import { DIVISIONS } from '../../src/domain/divisions.js';
import { parseCitizenId } from '../../src/domain/identifiers.js';
import { bestOfEach, rowKey } from '../assemble.js';
import { code, date, identifier, link, text } from '../clean.js';
import type { Embedded, Mapping, RawRow } from '../definition.js';

/** GB/T 2261.1. */
const SEX = { '0': 'UNKNOWN', '1': 'MALE', '2': 'FEMALE', '9': 'UNSTATED' };
/** ryzt; 7 (deleted) is never read. */
const STATUS = {
  '0': 'NORMAL',
  '1': 'DEAD',
  '2': 'MOVED_OUT',
  '3': 'MILITARY',
  '4': 'EMIGRATED',
  '6': 'MISSING',
  '8': 'CANCELLED',
  '9': 'OTHER',
};
const REGISTRATION = { '1': 'REGISTERED', '2': 'MIGRANT' };
const HOUSEHOLD_KIND = { '1': 'FAMILY', '2': 'COLLECTIVE' };
/** GB/T 4761 as a guardian's relation; 57 and 58 are step- or adoptive parents. Others, 50 (parent) among them: `OTHER`. */
const GUARDIAN_RELATION = {
  '51': 'FATHER',
  '52': 'MOTHER',
  '57': 'FATHER',
  '58': 'MOTHER',
  '60': 'GRANDPARENT',
  '61': 'GRANDPARENT',
  '62': 'GRANDPARENT',
  '63': 'GRANDPARENT',
  '64': 'GRANDPARENT',
};

const divisionNames = new Map(DIVISIONS.map((division) => [division.code, division.name]));

const address: Embedded = {
  count: 'ONE',
  of: ([raw]) => (raw === undefined || raw.plate === null ? [] : [raw]),
  attributes: { division: (raw) => text(raw.plate_ssxq), text: addressText },
};

/** Division, town, street and plate, as 延平区滨江街道江滨路12号3幢201室; null where the plate has neither street nor detail. */
function addressText(raw: RawRow): string | null {
  const parts = [text(raw.xzjd), text(raw.jlx), text(raw.mlpxz)];
  if (parts.every((part) => part === null)) return null;
  return [divisionNames.get(text(raw.plate_ssxq) ?? ''), ...parts].filter((part) => part != null).join('');
}

/** Raw material of one guardian: relation (a code, or FATHER or MOTHER), name, number. */
function guardiansOf([raw]: readonly RawRow[]): readonly RawRow[] {
  if (raw === undefined) return [];
  const recorded = (prefix: string) => Number(raw[prefix]) === 1;
  const person = (prefix: string, relation: unknown): RawRow => ({
    relation,
    xm: raw[`${prefix}xm`],
    gmsfhm: raw[`${prefix}gmsfhm`],
  });
  const guardians = ['jhry', 'jhre'].filter(recorded).map((prefix) => person(prefix, raw[`${prefix}jhgx`]));
  if (guardians.length > 0) return guardians;
  return (['fq', 'mq'] as const).filter(recorded).map((prefix) => person(prefix, prefix === 'fq' ? '51' : '52'));
}

/** Newer row first; of two from the same day the one with the longer, 18-digit number. */
function newer(a: RawRow, b: RawRow): number {
  const order = compareText(String(b.qysj), String(a.qysj));
  return order !== 0 ? order : String(b.gmsfhm).length - String(a.gmsfhm).length;
}

/** People by their numbers; whoever has none recorded is nobody else. */
function eachPerson(rows: readonly RawRow[]): readonly (readonly RawRow[])[] {
  let unnumbered = 0;
  const person = (raw: RawRow): string => identifier(raw.gmsfhm, parseCitizenId) ?? ` ${unnumbered++}`;
  return bestOfEach(rows, person, newer);
}

/** Rows of `resident`. */
export const residentRows: Mapping = {
  objects: eachPerson,
  attributes: {
    $row: (raw) => rowKey(raw.ryid),
    idNumber: (raw) => identifier(raw.gmsfhm, parseCitizenId),
    name: (raw) => text(raw.xm),
    formerName: (raw) => text(raw.cym),
    sex: (raw) => code(raw.xb, SEX, null),
    ethnicity: (raw) => text(raw.mz),
    birthDate: (raw) => date(raw.csrq),
    phone: (raw) => text(raw.lxdh),
    status: (raw) => code(raw.ryzt, STATUS, null),
    registration: (raw) => code(raw.hb, REGISTRATION, null),
    registeredDivision: (raw) => text(raw.ssxq),
    householdRelation: (raw) => text(raw.yhzgx),
    movedInDate: (raw) => date(raw.hslbz),
    householdNumber: (raw) => text(raw.hh),
  },
  embedded: {
    address,
    guardians: {
      count: 'MANY',
      of: guardiansOf,
      attributes: {
        relation: (raw) => code(raw.relation, GUARDIAN_RELATION, 'OTHER'),
        name: (raw) => text(raw.xm),
        idNumber: (raw) => identifier(raw.gmsfhm, parseCitizenId),
        guardian: (raw) => link(raw.gmsfhm, parseCitizenId),
      },
    },
  },
};

/** Rows of `household`. */
export const householdRows: Mapping = {
  objects: (rows) => bestOfEach(rows, (raw) => String(raw.hh).trim(), newer),
  attributes: {
    $row: (raw) => rowKey(raw.hh),
    number: (raw) => text(raw.hh),
    kind: (raw) => code(raw.hlx, HOUSEHOLD_KIND, null),
    headName: (raw) => text(raw.hzxm),
    headIdNumber: (raw) => link(raw.hzgmsfhm, parseCitizenId),
    division: (raw) => text(raw.ssxq),
  },
  embedded: { address },
};
