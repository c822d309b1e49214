/** What a list is before it is judged: its columns, how long it is, and what is wrong with its rows. */
import type { Columns } from './columns.js';
import { SeasonFault } from './faults.js';
import type { SeasonInput } from './input.js';
import type { RowFault } from './rows.js';

/** A row that cannot be asked about. */
export interface FaultyRow extends RowFault {
  /** Number as a spreadsheet shows it. */
  readonly row: number;
}

/** A list looked over. */
export interface Preview {
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  /** Rows that hold something, without the headings. */
  readonly rows: number;
  /** Those among them that cannot be asked about: results of the season, not reasons not to begin it. */
  readonly faulty: number;
  /** Columns that are read: `case`, `filedOn`, `division`, `school` or a role, with their heading. */
  readonly columns: readonly { readonly name: string; readonly heading: string }[];
  /** Faults of the first rows that have any, at most {@link FAULTS_TOLD}. */
  readonly faults: readonly FaultyRow[];
}

/** Faults told. */
export const FAULTS_TOLD = 100;

function found({ number, filedOn, division, school, roles }: Columns): Preview['columns'] {
  const all = [
    ['case', number],
    ['filedOn', filedOn],
    ...roles.map(({ role, column }) => [role, column] as const),
    ['division', division],
    ['school', school],
  ] as const;
  return all.flatMap(([name, column]) => (column === null ? [] : [{ name, heading: column.heading }]));
}

/** Looks a list over. @param most rows it may have @throws SeasonFault INPUT beyond them, or where it was changed meanwhile */
export async function preview(input: SeasonInput, most: number): Promise<Preview> {
  if (input.count > most) {
    const told = {
      zh: `名单有 ${input.count} 行，最多 ${most} 行`,
      en: `the list has ${input.count} rows; ${most} are taken`,
    };
    throw new SeasonFault('INPUT', told.en, undefined, [told]);
  }
  const faults: FaultyRow[] = [];
  let faulty = 0;
  for await (const row of input.rows()) {
    if (row.is !== 'FAULTY') continue;
    faulty += 1;
    for (const fault of row.faults) if (faults.length < FAULTS_TOLD) faults.push({ row: row.row, ...fault });
  }
  return { sha256: input.sha256, rows: input.count, faulty, columns: found(input.columns), faults };
}
