import type { Knex } from 'knex';

/** Databases the control store lies in. */
export type Dialect = 'mysql' | 'sqlite';

/** Identifiers are compared byte by byte: MySQL's own default would find case `np-1` for `NP-1`. */
export function exactly(table: Knex.CreateTableBuilder, dialect: Dialect): void {
  if (dialect === 'sqlite') return;
  table.charset('utf8mb4');
  table.collate('utf8mb4_bin');
}
