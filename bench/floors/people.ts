/** Residents, their addresses and guardians, by hand. */
import { DIVISIONS } from '../../src/domain/divisions.js';
import { canonicalId, compare, formsOf, named, type Raw, type RowsByKey, rowsOf, text } from './raw.js';

/** A guardian as household registration has it. */
export interface Guardian {
  readonly relation: string | null;
  readonly name: string | null;
  /** Canonical citizen ID; null where the stored one is not valid. */
  readonly id: string | null;
}

/** A child as household registration has it. */
export interface Child {
  readonly row: Raw;
  readonly guardians: readonly Guardian[];
}

/** ryzt. */
export const STATUS: Readonly<Record<string, string>> = {
  '0': 'NORMAL',
  '1': 'DEAD',
  '2': 'MOVED_OUT',
  '3': 'MILITARY',
  '4': 'EMIGRATED',
  '6': 'MISSING',
  '8': 'CANCELLED',
  '9': 'OTHER',
};
/** hb. */
export const REGISTRATION: Readonly<Record<string, string>> = { '1': 'REGISTERED', '2': 'MIGRANT' };
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

const divisionNames = new Map(DIVISIONS.map(({ code, name }) => [code, name]));

/** The current row of a resident; null where there is none. */
export function currentOf(rows: RowsByKey, id: string): Raw | null {
  let row: Raw | null = null;
  for (const rival of rowsOf(rows, id)) {
    if (row === null) row = rival;
    else {
      const order = compare(String(row.qysj), String(rival.qysj));
      if (order < 0 || (order === 0 && String(rival.gmsfhm).length > String(row.gmsfhm).length)) row = rival;
    }
  }
  return row;
}

/** The child's current row with the guardians; null where there is none. */
export function childOf(rows: RowsByKey, id: string): Child | null {
  const row = currentOf(rows, id);
  if (row === null) return null;
  const guardians: Guardian[] = [];
  const add = (rawName: unknown, number: unknown, relation: unknown) => {
    const name = text(rawName);
    if (name === null && text(number) === null) return;
    guardians.push({ relation: named(relation, RELATION, 'OTHER'), name, id: canonicalId(text(number)) });
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

/** Citizen IDs of the guardians who have one. */
export function guardianIds(child: Child | null): string[] {
  return child === null ? [] : child.guardians.flatMap(({ id }) => id ?? []);
}

/** Forms of citizen IDs, each once. */
export function formsOfAll(ids: readonly string[]): string[] {
  const forms = new Set<string>();
  for (const id of ids) for (const form of formsOf(id)) forms.add(form);
  return [...forms];
}

/** The registered address; null where the row names no plate. */
export function addressOf(row: Raw): { readonly text: string | null } | null {
  if (row.plate === null) return null;
  const parts = [text(row.xzjd), text(row.jlx), text(row.mlpxz)];
  if (parts.every((part) => part === null)) return { text: null };
  return { text: (divisionNames.get(text(row.plate_ssxq) ?? '') ?? '') + parts.map((part) => part ?? '').join('') };
}
