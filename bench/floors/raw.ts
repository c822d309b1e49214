/** Single values of raw rows, read by hand. */
import { parseCitizenId } from '../../src/domain/identifiers.js';

/** A row as the driver gives it. */
export type Raw = Readonly<Record<string, unknown>>;
/** Rows by the key as it is stored. */
export type RowsByKey = ReadonlyMap<string, readonly Raw[]>;

/** No rows at all. */
export const NOTHING: RowsByKey = new Map();

/** Rows by the key as it is stored. @param key column of the key */
export function byKey(rows: Iterable<Raw>, key: string): RowsByKey {
  const found = new Map<string, Raw[]>();
  for (const row of rows) {
    const stored = String(row[key]);
    const known = found.get(stored);
    if (known) known.push(row);
    else found.set(stored, [row]);
  }
  return found;
}

const NONE: readonly Raw[] = [];
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Trimmed text; null where there is none. */
export function text(raw: unknown): string | null {
  if (typeof raw !== 'string') return null;
  const trimmed = raw.trim();
  return trimmed === '' ? null : trimmed;
}

/** `YYYY-MM-DD` of `yyyyMMdd`; null where it is no day of the calendar. */
export function date(raw: unknown): string | null {
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

/** `YYYY-MM` of `yyyyMM`; null where it is no month. */
export function month(raw: unknown): string | null {
  const compact = text(raw);
  if (compact === null || !/^\d{4}(?:0[1-9]|1[0-2])$/.test(compact) || compact.startsWith('0000')) return null;
  return `${compact.slice(0, 4)}-${compact.slice(4)}`;
}

/** The name of a code; `otherwise` for one that has none, null for a blank. */
export function named(raw: unknown, names: Readonly<Record<string, string>>, otherwise: string | null): string | null {
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
export function rowsOf(rows: RowsByKey, id: string): readonly Raw[] {
  let found = NONE;
  for (const form of formsOf(id)) {
    const own = rows.get(form);
    if (own !== undefined) found = found.length === 0 ? own : [...found, ...own];
  }
  return found;
}

/** Order of two values, null last. */
export function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}
