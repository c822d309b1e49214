/**
 * Distinct subjects that all gateway processes have counted, hour by hour. Names are keyed pseudonyms. A total stands
 * beside the names, so that nobody counts them.
 */
import type { Knex } from 'knex';

/** What a process tells of one count. */
export interface CountTold {
  /** The application. */
  readonly client: string;
  /** What is counted, at most 32 characters. */
  readonly scope: string;
  /** Hours since the epoch. */
  readonly hour: number;
  /** Names new to the process, at most 43 characters each; none where it only asks. */
  readonly names: readonly string[];
}

/** Names of one INSERT: four values each, and SQLite takes 32,766 a statement. */
const NAMES_WRITTEN = 1000;

/** Applications of one SELECT. */
const CLIENTS_READ = 1000;

/** Rows of one DELETE, so that nobody waits long for it. */
const ROWS_DELETED = 5000;

type Dialect = 'mysql' | 'sqlite';

/** Rows that a raw statement changed, as either driver says it. */
function changedBy(result: unknown): number {
  const [first] = Array.isArray(result) ? (result as readonly unknown[]) : [result];
  const { affectedRows, changes } = first as { readonly affectedRows?: number; readonly changes?: number };
  const changed = affectedRows ?? changes;
  if (changed === undefined) throw new TypeError('the driver does not say how many rows changed');
  return changed;
}

/**
 * Adds the names and reads what all have.
 * @param db a transaction
 * @returns the totals, in the order told
 */
export async function exchangeCounts(
  db: Knex,
  dialect: Dialect,
  told: readonly CountTold[],
): Promise<readonly number[]> {
  const insert = dialect === 'mysql' ? 'INSERT IGNORE' : 'INSERT OR IGNORE';
  // In one order everywhere, so that two processes that lock the same rows do not wait for each other.
  const writing = told.filter(({ names }) => names.length > 0).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (const { client, scope, hour, names } of writing) {
    let added = 0;
    const sorted = [...names].sort();
    for (let from = 0; from < sorted.length; from += NAMES_WRITTEN) {
      const some = sorted.slice(from, from + NAMES_WRITTEN);
      const values = some.map(() => '(?, ?, ?, ?)').join(', ');
      const bindings = some.flatMap((name) => [client, scope, hour, name]);
      const statement = `${insert} INTO subject_count (client, scope, hour, name) VALUES ${values}`;
      added += changedBy(await db.raw(statement, bindings));
    }
    if (added === 0) continue;
    const row = { client, scope, hour };
    const keys = ['client', 'scope', 'hour'];
    await db('subject_total')
      .insert({ ...row, total: 0 })
      .onConflict(keys)
      .ignore();
    await db('subject_total').where(row).increment('total', added);
  }
  const clients = [...new Set(told.map(({ client }) => client))];
  const hours = [...new Set(told.map(({ hour }) => hour))];
  const totals = new Map<string, number>();
  for (let from = 0; from < clients.length; from += CLIENTS_READ) {
    const rows = await db<Omit<CountTold, 'names'> & { total: number }>('subject_total')
      .whereIn('client', clients.slice(from, from + CLIENTS_READ))
      .whereIn('hour', hours);
    for (const row of rows) totals.set(keyOf(row), row.total);
  }
  return told.map((one) => totals.get(keyOf(one)) ?? 0);
}

function keyOf({ client, scope, hour }: Omit<CountTold, 'names'>): string {
  return `${client} ${scope} ${hour}`;
}

/** Removes the hours before one, some rows at a time. */
export async function pruneCounts(db: Knex, dialect: Dialect, hour: number): Promise<void> {
  for (const table of ['subject_count', 'subject_total']) {
    for (;;) {
      const statement =
        dialect === 'mysql'
          ? `DELETE FROM ${table} WHERE hour < ? LIMIT ${ROWS_DELETED}`
          : `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE hour < ? LIMIT ${ROWS_DELETED})`;
      if (changedBy(await db.raw(statement, [hour])) < ROWS_DELETED) break;
    }
  }
}
