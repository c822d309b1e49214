/** Licences, by hand. */
import { compare, date, named, type Raw, type RowsByKey, rowsOf, text } from './raw.js';

const LICENCE: Readonly<Record<string, string>> = {
  '01': 'VALID',
  '02': 'SUSPENDED',
  '03': 'REVOKED',
  '04': 'CANCELLED',
  '05': 'EXPIRED',
  '06': 'TRANSFERRED',
  '07': 'WITHDRAWN',
};
/** Elements of a page, as the schema's default has it. */
const FIRST = 50;

/** Status and validity of a licence. */
export interface Validity {
  readonly status: string | null;
  readonly validFrom: string | null;
  /** Null: without end. */
  readonly validTo: string | null;
}

/** Status of a licence. */
export function licenceStatus(row: Raw): string | null {
  return named(row.zzzt, LICENCE, 'OTHER');
}

/** Last day of a licence; null: without end. */
export function lastDay(row: Raw): string | null {
  const validTo = date(row.zzyxqjzrq);
  return validTo === '9999-12-31' ? null : validTo;
}

const byValidity = (a: Validity, b: Validity) =>
  compare(a.validFrom, b.validFrom) || compare(a.validTo, b.validTo) || compare(a.status, b.status);

/** The first page of a person's licences with their type codes. */
export function typedLicences(id: string, licences: RowsByKey) {
  const found = rowsOf(licences, id).map((row) => ({
    typeCode: text(row.zzlxdm),
    status: licenceStatus(row),
    validFrom: date(row.zzyxqqsrq),
    validTo: lastDay(row),
  }));
  found.sort((a, b) => compare(a.typeCode, b.typeCode) || byValidity(a, b));
  return found.slice(0, FIRST);
}

/** The first page of a person's licences with the names of their types. */
export function namedLicences(id: string, licences: RowsByKey) {
  const found = rowsOf(licences, id).map((row) => ({
    typeName: text(row.zzmc),
    status: licenceStatus(row),
    validFrom: date(row.zzyxqqsrq),
    validTo: lastDay(row),
  }));
  found.sort((a, b) => compare(a.typeName, b.typeName) || byValidity(a, b));
  return found.slice(0, FIRST);
}
