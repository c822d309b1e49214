/** Social insurance, by hand. */
import { compare, month, named, type Raw, type RowsByKey, rowsOf, text } from './raw.js';

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
const STATE: Readonly<Record<string, string>> = { '1': 'PAYING', '2': 'PAUSED', '3': 'ENDED' };
/** Elements of a page, as the schema's defaults have it. */
const FIRST = { months: 120, enrolments: 20 } as const;

/** One month paid in one kind. */
export interface Paid {
  readonly month: string | null;
  readonly kind: string | null;
}

/** All months of a person, in no order. */
export function paidMonths(id: string, months: RowsByKey): Paid[] {
  return rowsOf(months, id).map((row) => ({ month: month(row.aae003), kind: named(row.aae140, KIND, 'OTHER') }));
}

/** The first page of a person's months. */
export function pageOfMonths(id: string, months: RowsByKey): Paid[] {
  const found = paidMonths(id, months);
  found.sort((a, b) => compare(a.month, b.month) || compare(a.kind, b.kind));
  return found.slice(0, FIRST.months);
}

/** Credit codes of the employers that enrolments name. */
export function employerCodes(enrolments: RowsByKey): string[] {
  const codes = new Set<string>();
  for (const rows of enrolments.values()) for (const row of rows) if (text(row.aab003)) codes.add(String(row.aab003));
  return [...codes];
}

function employerOf(code: unknown, employers: RowsByKey): { readonly name: string | null } | null {
  let first: Raw | null = null;
  for (const rival of employers.get(String(code)) ?? []) {
    if (first === null || String(rival.aab001) < String(first.aab001)) first = rival;
  }
  return first === null ? null : { name: text(first.aab004) };
}

/** The first page of a person's enrolments, one of each kind: the one still paying. */
export function pageOfEnrolments(id: string, enrolments: RowsByKey, employers: RowsByKey) {
  const byKind = new Map<string, Raw>();
  for (const row of rowsOf(enrolments, id)) {
    const code = text(row.aae140) ?? '';
    const rival = byKind.get(code);
    if (rival === undefined || (text(row.aac031) ?? '~') < (text(rival.aac031) ?? '~')) byKind.set(code, row);
  }
  const found = [...byKind.values()].map((row) => ({
    kind: named(row.aae140, KIND, 'OTHER'),
    state: named(row.aac031, STATE, null),
    employer: employerOf(row.aab003, employers),
  }));
  found.sort((a, b) => compare(a.kind, b.kind) || compare(a.state, b.state));
  return found.slice(0, FIRST.enrolments);
}
