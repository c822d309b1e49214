/** Tables of the control store, created where missing. `changed_in` is the version of the policy that last changed a row. The SQL is common to SQLite, MariaDB and MySQL. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { createAccessApplicationTable } from './access-applications.js';
import { createCaseEventTable } from './case-events.js';
import { createCaseTables } from './case-files.js';
import { reckonMissingStates } from './case-states.js';
import { createAttemptTables } from './claim-attempts.js';
import { createCommitmentTable } from './commitments.js';
import { createConsoleSessionTable } from './console-sessions.js';
import { createControlChangeTable } from './control-changes.js';
import { createDisputeTables } from './disputes.js';
import { exactly } from './exactly.js';
import { createFieldResponsibilityTable } from './field-responsibilities.js';
import { createPresentationTables } from './licence-presentations.js';
import { createLicenceWatchTable } from './licence-watches.js';
import { createNoticeTable } from './notices.js';
import { createPolicyTables } from './policy-offers.js';
import { createRatingTable } from './ratings.js';
import { createReminderTable } from './reminders.js';
import { createSeasonTable } from './seasons.js';
import { createToldEventTables } from './told-events.js';
import { createTaskTable } from './verification-tasks.js';

/** How long a statement on a SQLite file waits for another's, ms. */
export const BUSY_MS = 5000;

/**
 * Has every row of a table of an earlier version say that the present version changed it last. Safe to run
 * again after it was broken off at any moment.
 */
async function markChanges(db: Knex, dialect: 'mysql' | 'sqlite', table: 'client' | 'access_grant'): Promise<void> {
  const index = `${table}_changed_in_index`;
  if (!(await db.schema.hasColumn(table, 'changed_in'))) {
    const version = Number((await db<{ version: number }>('policy').first('version'))?.version ?? 0);
    const column = `ADD COLUMN changed_in INTEGER NOT NULL DEFAULT ${version}`;
    await db.raw(`ALTER TABLE ${table} ${column}${dialect === 'mysql' ? `, ADD INDEX ${index} (changed_in)` : ''}`);
  }
  // SQLite adds no index with a column.
  if (dialect === 'sqlite') await db.raw(`CREATE INDEX IF NOT EXISTS ${index} ON ${table} (changed_in)`);
}

/** Adds a column of numbers, 0 in every row, to a table of an earlier version. */
async function addNumber(db: Knex, table: string, column: string): Promise<void> {
  if (await db.schema.hasColumn(table, column)) return;
  await db.raw(`ALTER TABLE ${table} ADD COLUMN ${column} INTEGER NOT NULL DEFAULT 0`);
}

/** Tables of counted subjects, of what happened to applications, and of messages to webhooks. */
async function createEnumerationTables(db: Knex, dialect: 'mysql' | 'sqlite'): Promise<void> {
  const hourOfClient = (table: Knex.CreateTableBuilder): void => {
    exactly(table, dialect);
    table.string('client', 64).notNullable();
    table.string('scope', 32).notNullable();
    table.integer('hour').notNullable().index();
  };
  if (!(await db.schema.hasTable('subject_count'))) {
    await db.schema.createTable('subject_count', (table) => {
      hourOfClient(table);
      table.string('name', 43).notNullable();
      table.primary(['client', 'scope', 'hour', 'name']);
    });
  }
  if (!(await db.schema.hasTable('subject_total'))) {
    await db.schema.createTable('subject_total', (table) => {
      hourOfClient(table);
      table.integer('total').notNullable();
      table.primary(['client', 'scope', 'hour']);
    });
  }
  if (!(await db.schema.hasTable('client_event'))) {
    await db.schema.createTable('client_event', (table) => {
      exactly(table, dialect);
      table.string('id', 36).primary();
      table.string('unique_key', 150).notNullable().unique();
      table.string('kind', 16).notNullable();
      table.string('client', 64).notNullable().index();
      table.bigInteger('at').notNullable();
      table.string('actor', 64);
      table.string('reason', 200);
      table.text('alarm');
      table.bigInteger('claimed_until').notNullable();
      table.string('recorded', 100).notNullable();
      table.index(['recorded', 'at']);
    });
  }
  if (!(await db.schema.hasTable('webhook_message'))) {
    await db.schema.createTable('webhook_message', (table) => {
      exactly(table, dialect);
      table.string('id', 36).notNullable();
      table.string('url', 500).notNullable();
      table.text('body').notNullable();
      table.bigInteger('at').notNullable();
      table.integer('attempts').notNullable();
      table.bigInteger('due').notNullable().index();
      table.primary(['id', 'url']);
    });
  }
}

/** Name of the server's lock under which tables are made. Another city's gateways on the same server wait too: briefly. */
const LOCK = 'mianzheng_control_store';
/** Longest wait for another instance that makes the tables, s: longer than adding a column to 100,000 grants takes. */
const LOCK_S = 60;

/** How often a SQLite file that another instance holds is asked for, ms. */
const TRY_MS = 20;

/** As {@link alone}, in one transaction: a pool for SQLite has one connection. */
async function aloneInFile(db: Knex, work: () => Promise<void>): Promise<void> {
  // Waiting inside the driver would hold up the whole process, and with it who holds the file, where that is another
  // store of ours.
  await db.raw('PRAGMA busy_timeout = 0');
  for (let waited = 0; ; waited += TRY_MS) {
    try {
      await db.raw('BEGIN IMMEDIATE');
      break;
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
      if (!busy || waited >= LOCK_S * 1000) throw error;
      await sleep(TRY_MS);
    }
  }
  try {
    await work();
    await db.raw('COMMIT');
  } catch (error) {
    await db.raw('ROLLBACK');
    throw error;
  } finally {
    await db.raw(`PRAGMA busy_timeout = ${BUSY_MS}`);
  }
}

/** Does the work while no other instance does any such. @throws Error where another takes too long */
async function alone(db: Knex, dialect: 'mysql' | 'sqlite', work: () => Promise<void>): Promise<void> {
  if (dialect === 'sqlite') return aloneInFile(db, work);
  // A connection of its own holds the lock: the server takes it back from one that dies. Asked for in short waits,
  // for a statement that is silent for long is given up.
  await db.transaction(async (holder) => {
    for (let waited = 0; ; waited += 1) {
      const [[row]] = (await holder.raw('SELECT GET_LOCK(?, 1) AS held', [LOCK])) as [[{ held: number | null }]];
      if (row.held === 1) break;
      if (waited >= LOCK_S) throw new Error('another instance has been making the control store for too long');
    }
    try {
      await work();
    } finally {
      await holder.raw('SELECT RELEASE_LOCK(?)', [LOCK]);
    }
  });
}

/**
 * Creates the tables that do not exist yet and brings those of an earlier version up to this one. Safe to run by
 * several instances at once: they take turns.
 */
export function createTables(db: Knex, dialect: 'mysql' | 'sqlite'): Promise<void> {
  return alone(db, dialect, () => create(db, dialect));
}

async function create(db: Knex, dialect: 'mysql' | 'sqlite'): Promise<void> {
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
  await createCaseTables(db, dialect);
  await createEnumerationTables(db, dialect);
  await createControlChangeTable(db, dialect);
  await createConsoleSessionTable(db, dialect);
  await createAccessApplicationTable(db, dialect);
  await createFieldResponsibilityTable(db, dialect);
  await createCaseEventTable(db, (table) => exactly(table, dialect));
  await reckonMissingStates(db);
  await createToldEventTables(db, (table) => exactly(table, dialect));
  await createNoticeTable(db, (table) => exactly(table, dialect));
  await createTaskTable(db, (table) => exactly(table, dialect));
  await createCommitmentTable(db, (table) => exactly(table, dialect));
  await createPolicyTables(db, (table) => exactly(table, dialect));
  await createLicenceWatchTable(db, (table) => exactly(table, dialect));
  await createPresentationTables(db, (table) => exactly(table, dialect));
  await createRatingTable(db, (table) => exactly(table, dialect));
  await createReminderTable(db, (table) => exactly(table, dialect));
  await createAttemptTables(db, (table) => exactly(table, dialect));
  await createDisputeTables(db, dialect);
  await createSeasonTable(db, dialect);
  await markChanges(db, dialect, 'client');
  await markChanges(db, dialect, 'access_grant');
  // 1 while the application is on hold, and how often it was released.
  await addNumber(db, 'client', 'held');
  await addNumber(db, 'client', 'releases');
}
