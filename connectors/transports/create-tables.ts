/** DDL of a department's tables, for the demonstration city and tests. */
import createKnex, { type Knex } from 'knex';
import type { TableDefinition } from '../contract.js';
import type { Dialect } from './database.js';

const builders: Readonly<Record<Dialect, Knex>> = {
  mysql: createKnex({ client: 'mysql2' }),
  sqlite: createKnex({ client: 'better-sqlite3', useNullAsDefault: true }),
};

/**
 * The statements that create `tables` with their indexes, in order, to be run one by one. On MySQL
 * all text is utf8mb4 and compared by code point (`utf8mb4_bin`): a lowercase x is not an uppercase
 * X, as on SQLite, and an index serves every lookup.
 */
export function createTableStatements(tables: readonly TableDefinition[], dialect: Dialect): string[] {
  return tables.flatMap((definition) => {
    const schema = builders[dialect].schema.createTable(definition.name, (table) => {
      for (const [name, [type, comment]] of Object.entries(definition.columns)) {
        table.specificType(name, type).comment(comment);
      }
      table.primary([...definition.primaryKey]);
      for (const columns of definition.indexes) table.index([...columns]);
      if (dialect === 'mysql') {
        table.charset('utf8mb4');
        table.collate('utf8mb4_bin');
        table.comment(definition.comment);
      }
    });
    return schema.toSQL().map(({ sql }) => sql);
  });
}
