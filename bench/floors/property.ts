/** Rights in units, by hand. */
import { parseShare } from '../../connectors/property/share.js';
import { compare, named, type Raw, type RowsByKey, rowsOf, text } from './raw.js';

const MANNER: Readonly<Record<string, string>> = { '0': 'SOLE', '1': 'JOINT', '2': 'BY_SHARES', '3': 'OTHER' };
const USAGE: Readonly<Record<string, string>> = {
  '10': 'DWELLING',
  '20': 'COMMERCIAL',
  '30': 'OFFICE',
  '40': 'INDUSTRIAL',
  '50': 'PARKING',
};
/** Elements of a page, as the schema's default has it. */
const FIRST = 20;

/** One right. */
export interface Right {
  readonly row: Raw;
  readonly manner: string | null;
  readonly share: number | null;
  /** Number of the unit. */
  readonly number: string;
}

/** A unit. */
export interface Unit {
  readonly address: string | null;
  readonly area: number | null;
  readonly usage: string | null;
}

/** Numbers of the units that rows of ownership name. */
export function unitNumbers(ownerships: RowsByKey): string[] {
  const numbers = new Set<string>();
  for (const rows of ownerships.values()) for (const row of rows) numbers.add(String(row.bdcdyh));
  return [...numbers];
}

/** All rights of a person, in no order. */
export function rightsOf(id: string, ownerships: RowsByKey): Right[] {
  return rowsOf(ownerships, id).map((row) => {
    const manner = named(row.gyfs, MANNER, null);
    const share = manner === 'SOLE' || manner === 'JOINT' ? 1 : parseShare(text(row.qlbl) ?? '');
    return { row, manner, share, number: String(row.bdcdyh) };
  });
}

/** The first page of a person's rights. */
export function pageOfRights(id: string, ownerships: RowsByKey): Right[] {
  const found = rightsOf(id, ownerships);
  found.sort(
    (a, b) =>
      compare(a.manner, b.manner) ||
      compare(a.share, b.share) ||
      compare(a.number, b.number) ||
      compare(String(a.row.qlrid), String(b.row.qlrid)),
  );
  return found.slice(0, FIRST);
}

/** A unit by its number; null where there is none. */
export function unitOf(units: RowsByKey, number: string): Unit | null {
  const unit = units.get(number)?.[0];
  if (unit === undefined) return null;
  return {
    address: text(unit.zl),
    area: unit.jzmj === null ? null : Number(unit.jzmj),
    usage: named(unit.ghyt, USAGE, 'OTHER'),
  };
}
