/** Transactions of several statements, each made from what came of those before, on either kind of database. */
import type { Knex } from 'knex';
import type { Dialect } from './exactly.js';

/** One statement. */
export interface Statement {
  readonly sql: string;
  readonly bindings: readonly (string | number | null)[];
  /** Whether it yields rows. */
  readonly reads: boolean;
}

/** What came of it. */
export interface Done<Row> {
  /** Rows changed; 0 where it reads. */
  readonly changed: number;
  readonly rows: readonly Row[];
}

/** The statements of a transaction. What it throws undoes them. */
export type Steps<Row, Result> = Generator<Statement, Result, Done<Row>>;

/** Makes the statements for a kind of database. */
export type Make<Row, Result> = (dialect: Dialect) => Steps<Row, Result>;

/** As much of a better-sqlite3 connection as a transaction needs. */
interface SqliteConnection<Row> {
  prepare(sql: string): {
    all(...bindings: Statement['bindings']): readonly Row[];
    run(...bindings: Statement['bindings']): { readonly changes: number };
  };
  transaction<T>(work: () => T): { immediate(): T };
}

/** Placeholders. */
export const marks = (count: number, mark = '?'): string => Array(count).fill(mark).join(', ');

/** Rows that a raw statement changed, as either driver says it. */
export function changedBy(result: unknown): number {
  const [first] = Array.isArray(result) ? (result as readonly unknown[]) : [result];
  const { affectedRows, changes } = first as { readonly affectedRows?: number; readonly changes?: number };
  const changed = affectedRows ?? changes;
  if (changed === undefined) throw new TypeError('the driver does not say how many rows changed');
  return changed;
}

/** What a connection to SQLite is set to when it is opened, and for a transaction that need not wait for the disk. */
const SYNCHRONOUS_FULL = 'PRAGMA synchronous = FULL';
const SYNCHRONOUS_NORMAL = 'PRAGMA synchronous = NORMAL';

/**
 * Whether what is committed is on the disk before it is said to be. `WITH_THE_NEXT`: on SQLite it is there after the next
 * transaction that waits for it, or a checkpoint; a power cut before may take it back. On MySQL the server decides.
 */
export type Lasting = 'AT_ONCE' | 'WITH_THE_NEXT';

/** SQLite has one writer: within one turn of the event loop, so that no other process waits for what this one does between. */
async function onSqlite<Row, Result>(db: Knex, make: Make<Row, Result>, lasting: Lasting): Promise<Result> {
  const client = db.client as {
    acquireConnection(): Promise<SqliteConnection<Row>>;
    releaseConnection(connection: SqliteConnection<Row>): Promise<void>;
  };
  const connection = await client.acquireConnection();
  try {
    if (lasting === 'WITH_THE_NEXT') connection.prepare(SYNCHRONOUS_NORMAL).run();
    return connection
      .transaction(() => {
        const steps = make('sqlite');
        let step = steps.next({ changed: 0, rows: [] });
        while (step.done !== true) {
          const { sql, bindings, reads } = step.value;
          const statement = connection.prepare(sql);
          const rows = reads ? statement.all(...bindings) : [];
          step = steps.next({ rows, changed: reads ? 0 : statement.run(...bindings).changes });
        }
        return step.value;
      })
      .immediate();
  } finally {
    if (lasting === 'WITH_THE_NEXT') connection.prepare(SYNCHRONOUS_FULL).run();
    await client.releaseConnection(connection);
  }
}

/** Runs the statements in a transaction of the caller's. @param db the transaction @param make called once */
export async function runSteps<Row, Result>(db: Knex, make: Make<Row, Result>): Promise<Result> {
  const dialect = dialectOf(db);
  const steps = make(dialect);
  let step = steps.next({ changed: 0, rows: [] });
  while (step.done !== true) {
    const { sql, bindings, reads } = step.value;
    const result: unknown = await db.raw(sql, [...bindings]);
    const rows = !reads ? [] : dialect === 'sqlite' ? (result as readonly Row[]) : (result as [readonly Row[]])[0];
    step = steps.next({ rows, changed: reads ? 0 : changedBy(result) });
  }
  return step.value;
}

/** The kind of database behind a connection. */
export function dialectOf(db: Knex): Dialect {
  return (db.client as { readonly dialect: string }).dialect === 'mysql' ? 'mysql' : 'sqlite';
}

/** Runs the statements in one transaction. @param make called once @param lasting as {@link Lasting} */
export function inOneTransaction<Row, Result>(
  db: Knex,
  make: Make<Row, Result>,
  lasting: Lasting = 'AT_ONCE',
): Promise<Result> {
  return dialectOf(db) === 'sqlite'
    ? onSqlite(db, make, lasting)
    : db.transaction((transaction) => runSteps(transaction, make));
}
