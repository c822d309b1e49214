/** Raw rows of the six SELECTs → the answer of the enrolment read. By hand, for this one answer. */

import { parseShare } from '../../connectors/property/share.js';
import { vaccineOf } from '../../connectors/vaccination/vaccines.js';
import { DIVISIONS } from '../../src/domain/divisions.js';
import { parseCitizenId } from '../../src/domain/identifiers.js';
import { assessmentResult, type Dose } from './assessment.js';

/** A row as the driver gives it. */
export type Raw = Readonly<Record<string, unknown>>;
/** Rows by the key as it is stored. */
export type RowsByKey = ReadonlyMap<string, readonly Raw[]>;

/** What the reads of a guardian gave. */
export interface GuardianReads {
  readonly ownerships: RowsByKey;
  readonly units: RowsByKey;
  readonly licences: RowsByKey;
  readonly months: RowsByKey;
}

/** A child as household registration has it. */
export interface Child {
  readonly row: Raw;
  readonly guardians: readonly { readonly relation: string | null; readonly id: string | null }[];
}

/** The answer: what the document `ENROLMENT` asks for. */
export interface Enrolment {
  readonly resident: Readonly<Record<string, unknown>> | null;
}

const NONE: readonly Raw[] = [];
const divisionNames = new Map(DIVISIONS.map(({ code, name }) => [code, name]));
const STATUS: Readonly<Record<string, string>> = {
  '0': 'NORMAL',
  '1': 'DEAD',
  '2': 'MOVED_OUT',
  '3': 'MILITARY',
  '4': 'EMIGRATED',
  '6': 'MISSING',
  '8': 'CANCELLED',
  '9': 'OTHER',
};
const RELATION: Readonly<Record<string, string>> = {
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
const MANNER: Readonly<Record<string, string>> = { '0': 'SOLE', '1': 'JOINT', '2': 'BY_SHARES', '3': 'OTHER' };
const USAGE: Readonly<Record<string, string>> = {
  '10': 'DWELLING',
  '20': 'COMMERCIAL',
  '30': 'OFFICE',
  '40': 'INDUSTRIAL',
  '50': 'PARKING',
};
const LICENCE: Readonly<Record<string, string>> = {
  '01': 'VALID',
  '02': 'SUSPENDED',
  '03': 'REVOKED',
  '04': 'CANCELLED',
  '05': 'EXPIRED',
  '06': 'TRANSFERRED',
  '07': 'WITHDRAWN',
};
const KIND: Readonly<Record<string, string>> = {
  '110': 'EMPLOYEE_PENSION',
  '120': 'INSTITUTION_PENSION',
  '170': 'RESIDENT_PENSION',
  '210': 'UNEMPLOYMENT',
  '310': 'MEDICAL',
  '330': 'SERIOUS_ILLNESS',
  '390': 'RESIDENT_MEDICAL',
  '410': 'INJURY',
  '510': 'MATERNITY',
};
/** Elements of a page, as the schema's defaults have it. */
const FIRST = { properties: 20, licences: 50, months: 120 } as const;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function text(raw: unknown): string | null {
  if (typeof raw !== 'string') return null;
  const trimmed = raw.trim();
  return trimmed === '' ? null : trimmed;
}

function date(raw: unknown): string | null {
  if (typeof raw !== 'string' || raw.length < 8) return null;
  const compact = raw.length === 8 ? raw : raw.trim();
  if (compact.length !== 8) return null;
  const year = Number(compact.slice(0, 4));
  const month = Number(compact.slice(4, 6));
  const day = Number(compact.slice(6));
  if (!(year > 0 && month > 0 && day > 0) || month > 12 || day > (DAYS[month - 1] ?? 0)) return null;
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return null;
  return `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6)}`;
}

function named(raw: unknown, names: Readonly<Record<string, string>>, otherwise: string | null): string | null {
  const code = text(raw);
  return code === null ? null : (names[code] ?? otherwise);
}

/** Canonical citizen ID; null where the stored one is not valid. */
export function canonicalId(raw: unknown): string | null {
  if (typeof raw !== 'string' || raw === '') return null;
  if (raw.length === 18) {
    let sum = 0;
    for (let i = 0; i < 17; i += 1) sum += (raw.charCodeAt(i) - 48) * (WEIGHTS[i] ?? 0);
    const check = '10X98765432'[sum % 11];
    if (check === raw[17] && date(raw.slice(6, 14)) !== null) return raw;
  }
  const parsed = parseCitizenId(raw);
  return parsed.ok ? parsed.value : null;
}

/** The forms under which a table may hold a citizen ID. */
export function formsOf(id: string): string[] {
  const forms = [id];
  if (id.endsWith('X')) forms.push(id.toLowerCase());
  if (id.startsWith('19', 6)) forms.push(id.slice(0, 6) + id.slice(8, 17));
  return forms;
}

/** All rows of one person, under whatever form. */
function rowsOf(rows: RowsByKey, id: string): readonly Raw[] {
  let found = NONE;
  for (const form of formsOf(id)) {
    const own = rows.get(form);
    if (own !== undefined) found = found.length === 0 ? own : [...found, ...own];
  }
  return found;
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}

/** The child's current row with the guardians; null where there is none. */
export function childOf(rows: RowsByKey, id: string): Child | null {
  let row: Raw | undefined;
  for (const rival of rowsOf(rows, id)) {
    if (row === undefined) row = rival;
    else {
      const order = compare(String(row.qysj), String(rival.qysj));
      if (order < 0 || (order === 0 && String(rival.gmsfhm).length > String(row.gmsfhm).length)) row = rival;
    }
  }
  if (row === undefined) return null;
  const guardians: { relation: string | null; id: string | null }[] = [];
  const add = (name: unknown, number: unknown, relation: unknown) => {
    if (text(name) === null && text(number) === null) return;
    guardians.push({ relation: named(relation, RELATION, 'OTHER'), id: canonicalId(text(number)) });
  };
  add(row.jhryxm, row.jhrygmsfhm, row.jhryjhgx);
  add(row.jhrexm, row.jhregmsfhm, row.jhrejhgx);
  if (guardians.length === 0) {
    add(row.fqxm, row.fqgmsfhm, '51');
    add(row.mqxm, row.mqgmsfhm, '52');
  }
  guardians.sort((a, b) => compare(a.relation, b.relation));
  return { row, guardians };
}

/** Forms of the guardians' numbers. */
export function guardianForms({ guardians }: Child): string[] {
  const forms = new Set<string>();
  for (const { id } of guardians) if (id !== null) for (const form of formsOf(id)) forms.add(form);
  return [...forms];
}

/** Numbers of the units that rows of ownership name. */
export function unitNumbers(ownerships: RowsByKey): string[] {
  const numbers = new Set<string>();
  for (const rows of ownerships.values()) for (const row of rows) numbers.add(String(row.bdcdyh));
  return [...numbers];
}

function addressOf(row: Raw): { readonly text: string | null } | null {
  if (row.plate === null) return null;
  const parts = [text(row.xzjd), text(row.jlx), text(row.mlpxz)];
  if (parts.every((part) => part === null)) return { text: null };
  return { text: (divisionNames.get(text(row.plate_ssxq) ?? '') ?? '') + parts.map((part) => part ?? '').join('') };
}

function propertiesOf(id: string, { ownerships, units }: GuardianReads) {
  const found = rowsOf(ownerships, id).map((row) => {
    const manner = named(row.gyfs, MANNER, null);
    const share = manner === 'SOLE' || manner === 'JOINT' ? 1 : parseShare(text(row.qlbl) ?? '');
    return { manner, share, number: String(row.bdcdyh), right: String(row.qlrid) };
  });
  found.sort(
    (a, b) =>
      compare(a.manner, b.manner) ||
      compare(a.share, b.share) ||
      compare(a.number, b.number) ||
      compare(a.right, b.right),
  );
  return found.slice(0, FIRST.properties).map(({ manner, share, number }) => {
    const unit = units.get(number)?.[0];
    return {
      manner,
      share,
      unit:
        unit === undefined
          ? null
          : {
              address: text(unit.zl),
              area: unit.jzmj === null ? null : Number(unit.jzmj),
              usage: named(unit.ghyt, USAGE, 'OTHER'),
            },
    };
  });
}

function licencesOf(id: string, { licences }: GuardianReads) {
  const found = rowsOf(licences, id).map((row) => {
    const validTo = date(row.zzyxqjzrq);
    return {
      typeCode: text(row.zzlxdm),
      status: named(row.zzzt, LICENCE, 'OTHER'),
      validFrom: date(row.zzyxqqsrq),
      validTo: validTo === '9999-12-31' ? null : validTo,
    };
  });
  found.sort(
    (a, b) =>
      compare(a.typeCode, b.typeCode) ||
      compare(a.validFrom, b.validFrom) ||
      compare(a.validTo, b.validTo) ||
      compare(a.status, b.status),
  );
  return found.slice(0, FIRST.licences);
}

function monthsOf(id: string, { months }: GuardianReads) {
  const found = rowsOf(months, id).map((row) => {
    const compact = text(row.aae003);
    const month = compact !== null && /^\d{4}(?:0[1-9]|1[0-2])$/.test(compact) && !compact.startsWith('0000');
    return {
      month: month && compact !== null ? `${compact.slice(0, 4)}-${compact.slice(4)}` : null,
      kind: named(row.aae140, KIND, 'OTHER'),
    };
  });
  found.sort((a, b) => compare(a.month, b.month) || compare(a.kind, b.kind));
  return found.slice(0, FIRST.months);
}

/** 1 to 99; null where it is not typed as a number. */
function doseNumber(typed: string | null): number | null {
  const number = Number(typed ?? Number.NaN);
  return Number.isInteger(number) && number >= 1 && number <= 99 ? number : null;
}

function vaccinationOf(rows: readonly Raw[], day: string) {
  let first: Raw | undefined;
  for (const rival of rows) {
    if (first === undefined) first = rival;
    else {
      const rank = (row: Raw) => (row.zt === '1' ? 0 : 1);
      if ((rank(rival) - rank(first) || compare(String(rival.fchildno), String(first.fchildno))) < 0) first = rival;
    }
  }
  if (first === undefined) return null;
  const { fchildno } = first;
  const doses: Dose[] = [];
  for (const row of rows) {
    if (row.fchildno !== fchildno || row.jlid === null) continue;
    const vaccine = vaccineOf(text(row.ym) ?? '');
    if (vaccine === null) continue;
    const number = text(row.jc);
    const { name, countsAs } = vaccine;
    doses.push({ vaccine: name, countsAs, number: doseNumber(number), date: date(row.jzrq) });
  }
  const result = assessmentResult(date(first.csrq), doses, day);
  return { assessment: result === null ? null : { result } };
}

/**
 * The answer.
 * @param child null where there is no such resident
 * @param day a vaccination is judged by, `YYYY-MM-DD`
 */
export function answerOf(
  id: string,
  child: Child | null,
  vaccinations: RowsByKey,
  reads: GuardianReads,
  day: string,
): Enrolment {
  if (child === null) return { resident: null };
  const { row, guardians } = child;
  return {
    resident: {
      name: text(row.xm),
      birthDate: date(row.csrq),
      status: named(row.ryzt, STATUS, 'OTHER'),
      movedInDate: date(row.hslbz),
      address: addressOf(row),
      guardians: guardians.map((guardian) => ({
        relation: guardian.relation,
        resident:
          guardian.id === null
            ? null
            : {
                properties: propertiesOf(guardian.id, reads),
                licences: licencesOf(guardian.id, reads),
                insuredMonths: monthsOf(guardian.id, reads),
              },
      })),
      vaccination: vaccinationOf(rowsOf(vaccinations, id), day),
    },
  };
}
