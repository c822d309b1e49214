/**
 * Values tried as claims: who tries many is guessing. Nothing here is a value: scopes and names are keyed digests.
 * Written before a value is compared and, where the comparison told nothing of a wrong value, taken back after.
 */
import type { Knex } from 'knex';
import { type AddedTo, addRows } from './add-rows.js';
import type { Dialect } from './exactly.js';
import { inOneTransaction, type Steps } from './steps.js';

/** A value about to be compared. */
export interface Attempt {
  /** Digest of application, case, person and fact; 43 characters. */
  readonly inCase: string;
  /** Digest of the person; 43 characters. */
  readonly ofSubject: string;
  /** Digest of fact and value; 43 characters. */
  readonly name: string;
}

/** How many different values are borne. */
export interface AttemptLimits {
  /** For one fact of one person in one case. */
  readonly perCase: number;
  /** For one person, whatever the fact, case and application, in {@link subjectDays}. */
  readonly perSubject: number;
  /** Days that a value counts for a person. */
  readonly subjectDays: number;
}

/** The first attempt that is one too many. */
export interface ExcessAttempt {
  readonly index: number;
  readonly scope: 'CASE' | 'SUBJECT';
}

interface AttemptRow {
  readonly scope: string;
  readonly name: string;
  /** Days since the epoch. */
  readonly day: number;
  /** The comparison that wrote it. */
  readonly token: string;
}

/** Ends a transaction that must leave nothing. */
class Refused extends Error {
  constructor(readonly excess: ExcessAttempt) {
    super('too many attempts');
  }
}

/** How attempts are counted. */
export interface Counting {
  /** Names this comparison: what it wrote is what {@link releaseAttempts} takes back. */
  readonly token: string;
  /** Days since the epoch. */
  readonly day: number;
  readonly limits: AttemptLimits;
}

const ATTEMPTS: AddedTo = {
  table: 'claim_attempt',
  columns: ['scope', 'name', 'day', 'token'],
  key: ['scope', 'name'],
};

function* reserving(
  dialect: Dialect,
  attempts: readonly Attempt[],
  { token, day, limits }: Counting,
): Steps<Pick<AttemptRow, 'day'>, void> {
  const scopes = [...new Set(attempts.flatMap(({ inCase, ofSubject }) => [inCase, ofSubject]))].sort();
  const adding = dialect === 'mysql' ? 'ON DUPLICATE KEY UPDATE' : 'ON CONFLICT (scope) DO UPDATE SET';
  // Whoever counts in the same scope waits here, in one order everywhere; what is read after sees all of the others'.
  for (const scope of scopes) {
    const sql = `INSERT INTO claim_scope (scope, day) VALUES (?, ?) ${adding} day = ?`;
    yield { sql, bindings: [scope, day, day], reads: false };
  }
  const rows = attempts.flatMap(({ inCase, ofSubject, name }) => [
    [inCase, name, day, token],
    [ofSubject, name, day, token],
  ]);
  yield* addRows(dialect, ATTEMPTS, rows);
  const counts = new Map<string, { readonly all: number; readonly lately: number }>();
  for (const scope of scopes) {
    const read = 'SELECT day FROM claim_attempt WHERE scope = ?';
    const { rows: stored } = yield { sql: read, bindings: [scope], reads: true };
    const lately = stored.filter((row) => row.day > day - limits.subjectDays).length;
    counts.set(scope, { all: stored.length, lately });
  }
  attempts.forEach(({ inCase, ofSubject }, index) => {
    if ((counts.get(inCase)?.all ?? 0) > limits.perCase) throw new Refused({ index, scope: 'CASE' });
    if ((counts.get(ofSubject)?.lately ?? 0) > limits.perSubject) throw new Refused({ index, scope: 'SUBJECT' });
  });
}

/**
 * Counts attempts, all or none of them; one that was counted before counts no more.
 * @returns null where all are within the limits
 */
export async function reserveAttempts(
  db: Knex,
  attempts: readonly Attempt[],
  how: Counting,
): Promise<ExcessAttempt | null> {
  try {
    await inOneTransaction(db, (dialect) => reserving(dialect, attempts, how));
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.excess;
    throw error;
  }
}

/** Takes back attempts of this comparison that told nothing of a wrong value. */
export async function releaseAttempts(db: Knex, attempts: readonly Attempt[], token: string): Promise<void> {
  if (attempts.length === 0) return;
  const keys = attempts.flatMap(({ inCase, ofSubject, name }) => [
    [inCase, name],
    [ofSubject, name],
  ]);
  await db('claim_attempt').where({ token }).whereIn(['scope', 'name'], keys).delete();
}

/** Removes attempts of before a day. @param day days since the epoch */
export async function pruneAttempts(db: Knex, day: number): Promise<void> {
  await db('claim_attempt').where('day', '<', day).delete();
  await db('claim_scope').where('day', '<', day).delete();
}

/** Creates the tables where they do not exist. @param exactly sets a table's comparison to byte by byte */
export async function createAttemptTables(db: Knex, exactly: (table: Knex.CreateTableBuilder) => void): Promise<void> {
  if (!(await db.schema.hasTable('claim_scope'))) {
    await db.schema.createTable('claim_scope', (table) => {
      exactly(table);
      table.string('scope', 43).primary();
      table.integer('day').notNullable();
    });
  }
  if (!(await db.schema.hasTable('claim_attempt'))) {
    await db.schema.createTable('claim_attempt', (table) => {
      exactly(table);
      table.string('scope', 43).notNullable();
      table.string('name', 43).notNullable();
      table.integer('day').notNullable();
      table.string('token', 64).notNullable();
      table.primary(['scope', 'name']);
    });
  }
}
