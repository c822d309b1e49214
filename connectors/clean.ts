/**
 * Reads single values of dirty columns. What is known dirt is null, never a guess; what shows that the column is not
 * of the form it was said to have is no absence: see {@link text} and {@link date}.
 */
import { fromCompactDate, fromCompactMonth } from '../src/domain/calendar.js';
import { citizenIdVariants, type Parsed, parseCitizenId } from '../src/domain/identifiers.js';

/**
 * Trimmed text; null where the column is null or blank (also of full-width blanks).
 * @throws TypeError where it is neither text nor number: the column has another type, and the fetch is GARBLED
 */
export function text(raw: unknown): string | null {
  if (typeof raw !== 'string') {
    if (raw === null || raw === undefined) return null;
    if (typeof raw === 'number' || typeof raw === 'bigint') return String(raw);
    throw new TypeError('a column holds neither text nor number');
  }
  const trimmed = raw.trim();
  return trimmed === '' ? null : trimmed;
}

/**
 * Date of a `yyyyMMdd` column; null for blanks, `00000000` and impossible days; undefined where something else than
 * digits is recorded, such as 2018-5-1: a date may well be known there.
 */
export function date(raw: unknown): string | null | undefined {
  const compact = text(raw);
  return compact === null ? null : (fromCompactDate(compact) ?? unreadable(compact));
}

/** Month of a `yyyyMM` column; null for blanks, `000000` and impossible months; undefined as {@link date}. */
export function month(raw: unknown): string | null | undefined {
  const compact = text(raw);
  return compact === null ? null : (fromCompactMonth(compact) ?? unreadable(compact));
}

function unreadable(compact: string): null | undefined {
  return /^\d+$/.test(compact) ? null : undefined;
}

/** Number of a DECIMAL column, which drivers give as text or number; null where it is not finite. */
export function decimal(raw: unknown): number | null {
  const digits = text(raw);
  if (digits === null || !/^-?\d+(?:\.\d+)?$/.test(digits)) return null;
  const value = Number(digits);
  return Number.isFinite(value) ? value : null;
}

/** True for 1, false for 0, null for anything else. */
export function flag(raw: unknown): boolean | null {
  const value = text(raw);
  if (value === '1') return true;
  return value === '0' ? false : null;
}

/** The name a code stands for; `otherwise` for a code that is not in the table, null for a blank one. */
export function code<T extends string>(
  raw: unknown,
  names: Readonly<Record<string, T>>,
  otherwise: T | null,
): T | null {
  const value = text(raw);
  if (value === null) return null;
  return (Object.hasOwn(names, value) ? names[value] : undefined) ?? otherwise;
}

/** An identifier to follow: canonical, or null where the stored one is not valid. */
export function link(raw: unknown, parse: (text: string) => Parsed): string | null {
  const stored = text(raw);
  if (stored === null) return null;
  const parsed = parse(stored);
  return parsed.ok ? parsed.value : null;
}

/** An identifier to show: canonical where the stored one is valid, else as stored. */
export function identifier(raw: unknown, parse: (text: string) => Parsed): string | null {
  return link(raw, parse) ?? text(raw);
}

/** Forms of a key for a column that holds citizen IDs, perhaps among other numbers. */
export function citizenForms(key: string): readonly string[] {
  const parsed = parseCitizenId(key);
  return parsed.ok ? citizenIdVariants(parsed.value) : [key];
}

/** Forms of a key for a column that holds only canonical ones. */
export function exactForm(key: string): readonly string[] {
  return [key];
}
