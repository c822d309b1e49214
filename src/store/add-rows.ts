/** Statements that add many rows at once. Built by knex, value by value and anew each time, one takes longer than it runs. */
import { LRUCache } from 'lru-cache';
import type { Dialect } from './exactly.js';
import { marks, type Statement, type Steps } from './steps.js';

/** Values of a row, in the order of its table's columns. */
export type RowValues = readonly (string | number | null)[];

/** A table that rows are added to. */
export interface AddedTo {
  readonly table: string;
  readonly columns: readonly string[];
  /** Columns of the key: of two rows with one key the first is kept. */
  readonly key: readonly string[];
}

/** Rows of one statement: a dozen values each at most, and SQLite takes 32,766 a statement. */
const ROWS_A_STATEMENT = 250;

/** Texts of statements, by table and number of rows. */
const texts = new LRUCache<string, string>({ max: 100 });

function textOf(dialect: Dialect, { table, columns, key }: AddedTo, rows: number): string {
  const name = `${dialect} ${table} ${rows}`;
  let text = texts.get(name);
  if (text === undefined) {
    const quoted = columns.map((column) => `\`${column}\``).join(', ');
    const into = `INTO ${table} (${quoted}) VALUES ${marks(rows, `(${marks(columns.length)})`)}`;
    const otherwise = ` ON CONFLICT (${key.join(', ')}) DO NOTHING`;
    text = dialect === 'mysql' ? `INSERT IGNORE ${into}` : `INSERT ${into}${otherwise}`;
    texts.set(name, text);
  }
  return text;
}

/** Adds the rows whose key is not there yet. @returns how many these were */
export function* addRows(dialect: Dialect, to: AddedTo, rows: readonly RowValues[]): Steps<unknown, number> {
  let added = 0;
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    const some = rows.slice(from, from + ROWS_A_STATEMENT);
    const statement: Statement = { sql: textOf(dialect, to, some.length), bindings: some.flat(), reads: false };
    added += (yield statement).changed;
  }
  return added;
}
