/** Tables of the control store, created where missing. `changed_in` is the version of the policy that last changed a row. The SQL is common to SQLite, MariaDB and MySQL. */
import type { Knex } from 'knex';

/** Identifiers are compared byte by byte: MySQL's own default would find case `np-1` for `NP-1`. */
function exactly(table: Knex.CreateTableBuilder, dialect: 'mysql' | 'sqlite'): void {
  if (dialect === 'sqlite') return;
  table.charset('utf8mb4');
  table.collate('utf8mb4_bin');
}

/**
 * Has every row of a table of an earlier version say that the present version changed it last. Safe to run
 * again after it was broken off at any moment.
 */
async function markChanges(db: Knex, dialect: 'mysql' | 'sqlite', table: 'client' | 'access_grant'): Promise<void> {
  const index = `${table}_changed_in_index`;
  if (!(await db.schema.hasColumn(table, 'changed_in'))) {
    const version = Number((await db<{ version: number }>('policy').first('version'))?.version ?? 0);
    const column = `ADD COLUMN changed_in INTEGER NOT NULL DEFAULT ${version}`;
    try {
      await db.raw(`ALTER TABLE ${table} ${column}${dialect === 'mysql' ? `, ADD INDEX ${index} (changed_in)` : ''}`);
    } catch (error) {
      // Another instance that started meanwhile may have done it.
      if (!(await db.schema.hasColumn(table, 'changed_in'))) throw error;
    }
  }
  // SQLite adds no index with a column.
  if (dialect === 'sqlite') await db.raw(`CREATE INDEX IF NOT EXISTS ${index} ON ${table} (changed_in)`);
}

/** Cases registered by an earlier version named no division. */
async function addCaseDivision(db: Knex): Promise<void> {
  if (await db.schema.hasColumn('case_file', 'division')) return;
  try {
    await db.schema.alterTable('case_file', (table) => void table.string('division', 6));
  } catch (error) {
    // Another instance that started meanwhile may have done it.
    if (!(await db.schema.hasColumn('case_file', 'division'))) throw error;
  }
}

/**
 * Creates the tables that do not exist yet and brings those of an earlier version up to this one. Safe to run by
 * several instances one after another.
 */
export async function createTables(db: Knex, dialect: 'mysql' | 'sqlite'): Promise<void> {
  if (!(await db.schema.hasTable('policy'))) {
    await db.schema.createTable('policy', (table) => {
      exactly(table, dialect);
      table.integer('id').primary();
      table.integer('version').notNullable();
    });
    await db('policy').insert({ id: 1, version: 1 });
  }
  if (!(await db.schema.hasTable('client'))) {
    await db.schema.createTable('client', (table) => {
      exactly(table, dialect);
      table.string('id', 64).primary();
      table.string('name_zh', 200).notNullable();
      table.string('name_en', 200).notNullable();
      table.boolean('active').notNullable();
      table.integer('changed_in').notNullable().defaultTo(0).index();
    });
  }
  if (!(await db.schema.hasTable('access_grant'))) {
    await db.schema.createTable('access_grant', (table) => {
      exactly(table, dialect);
      table.string('id', 100).primary();
      table.string('client', 64).notNullable().index();
      table.string('department', 64).notNullable();
      table.string('status', 16).notNullable();
      table.text('terms').notNullable();
      table.integer('changed_in').notNullable().defaultTo(0).index();
    });
  }
  if (!(await db.schema.hasTable('case_file'))) {
    await db.schema.createTable('case_file', (table) => {
      exactly(table, dialect);
      table.string('client', 64).notNullable();
      table.string('number', 64).notNullable();
      table.string('matter', 64).notNullable();
      table.string('filed_on', 10).notNullable();
      table.text('subjects').notNullable();
      table.string('division', 6);
      table.primary(['client', 'number']);
    });
  }
  await addCaseDivision(db);
  await markChanges(db, dialect, 'client');
  await markChanges(db, dialect, 'access_grant');
}
