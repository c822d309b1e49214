/** SQL text of a load. */
import type { TableDefinition } from '../connectors/contract.js';
import type { Stored } from './rows.js';

/** Divides DDL into what must stand before the rows and the indexes, which are built faster after them. */
export function splitStatements(statements: readonly string[]): {
  readonly tables: string[];
  readonly indexes: string[];
} {
  const tables: string[] = [];
  const indexes: string[] = [];
  for (const statement of statements) (/^create table/i.test(statement) ? tables : indexes).push(statement);
  return { tables, indexes };
}

/** Builds multi-row INSERT statements of one table for MariaDB and MySQL. */
export class InsertText {
  private readonly head: string;
  private readonly columns: readonly string[];
  private rows: string[] = [];
  private length = 0;

  /** @param limit characters after which a statement is full; the last row may pass it */
  constructor(
    table: TableDefinition,
    private readonly limit: number,
  ) {
    this.columns = Object.keys(table.columns);
    this.head = `INSERT INTO \`${table.name}\` (\`${this.columns.join('`,`')}\`) VALUES `;
  }

  /** Adds a row. Returns a full statement to run, or null. */
  add(row: Readonly<Record<string, Stored>>): string | null {
    // Joined at once: a text that grows piece by piece costs a node of memory for each piece.
    const text = `(${this.columns.map((column) => literal(row[column] ?? null)).join(',')})`;
    this.rows.push(text);
    this.length += text.length;
    return this.length >= this.limit ? this.take() : null;
  }

  /** What was added since the last statement, as one; null where there is nothing. */
  take(): string | null {
    if (this.rows.length === 0) return null;
    const statement = this.head + this.rows.join(',');
    this.rows = [];
    this.length = 0;
    return statement;
  }
}

/** A value as SQL text. Valid under every sql_mode: quotes are doubled and a backslash is refused. */
function literal(value: Stored): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (value.includes('\\')) throw new RangeError('no value of the city has a backslash');
  return value.includes("'") ? `'${value.replaceAll("'", "''")}'` : `'${value}'`;
}
