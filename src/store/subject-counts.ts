/**
 * Distinct subjects that all gateway processes have counted, hour by hour. Names are keyed pseudonyms. A total stands
 * beside the names, so that nobody counts them.
 */
import type { Knex } from 'knex';
import { type AddedTo, addRows } from './add-rows.js';
import type { Dialect } from './exactly.js';
import { changedBy, inOneTransaction, marks, type Steps } from './steps.js';

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

const NAMES: AddedTo = {
  table: 'subject_count',
  columns: ['client', 'scope', 'hour', 'name'],
  key: ['client', 'scope', 'hour', 'name'],
};

/** Applications of one SELECT. */
const CLIENTS_READ = 1000;

/** Rows of one DELETE, so that nobody waits long for it. */
const ROWS_DELETED = 5000;

type TotalRow = Omit<CountTold, 'names'> & { readonly total: number };

function keyOf({ client, scope, hour }: Omit<CountTold, 'names'>): string {
  return `${client} ${scope} ${hour}`;
}

/** The statements of an exchange, each made from what came of those before; the totals in the order told. */
function* exchanging(dialect: Dialect, told: readonly CountTold[]): Steps<TotalRow, readonly number[]> {
  const adding = dialect === 'mysql' ? 'ON DUPLICATE KEY UPDATE' : 'ON CONFLICT DO UPDATE SET';
  // In one order everywhere, so that two processes that lock the same rows do not wait for each other.
  const writing = told.filter(({ names }) => names.length > 0).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (const { client, scope, hour, names } of writing) {
    const rows = [...names].sort().map((name) => [client, scope, hour, name]);
    const added = yield* addRows(dialect, NAMES, rows);
    if (added === 0) continue;
    const sql = `INSERT INTO subject_total (client, scope, hour, total) VALUES (?, ?, ?, ?) ${adding} total = total + ?`;
    yield { sql, bindings: [client, scope, hour, added, added], reads: false };
  }
  const clients = [...new Set(told.map(({ client }) => client))];
  const hours = [...new Set(told.map(({ hour }) => hour))];
  const totals = new Map<string, number>();
  for (let from = 0; from < clients.length; from += CLIENTS_READ) {
    const some = clients.slice(from, from + CLIENTS_READ);
    const where = `client IN (${marks(some.length)}) AND hour IN (${marks(hours.length)})`;
    const sql = `SELECT client, scope, hour, total FROM subject_total WHERE ${where}`;
    const { rows } = yield { sql, bindings: [...some, ...hours], reads: true };
    for (const row of rows) totals.set(keyOf(row), row.total);
  }
  return told.map((one) => totals.get(keyOf(one)) ?? 0);
}

/**
 * Adds the names and reads what all have, in one transaction.
 * @returns the totals, in the order told
 */
export function exchangeCounts(db: Knex, told: readonly CountTold[]): Promise<readonly number[]> {
  // A wait for the disk every second would hold up every request beside it.
  return inOneTransaction(db, (dialect) => exchanging(dialect, told), 'WITH_THE_NEXT');
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
