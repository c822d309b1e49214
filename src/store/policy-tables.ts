/**
 * Reads and writes the tables of applications and grants. Each row says which version of the policy last
 * changed it (`changed_in`), so that a change of one is read without the others.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Grant } from '../authorize/rights.js';
import type { Client, Policy, PolicyChanges, StoredClient, StoredGrant } from './policy.js';
import { storedGrant } from './policy.js';

/** Rows of one INSERT. SQLite takes 500, MySQL 16 MiB. */
const ROWS_WRITTEN = 100;

/** Grants of one SELECT: some ten milliseconds of the event loop on SQLite, which answers synchronously. */
const ROWS_READ = 5000;

interface ClientRow {
  readonly id: string;
  readonly name_zh: string;
  readonly name_en: string;
  /** Boolean on one database, 0 or 1 on another. */
  readonly active: unknown;
  readonly changed_in: number;
}

/** Written only by a hold and a release: whoever puts an application does not release it. */
interface HeldClientRow extends ClientRow {
  /** 0 or 1. */
  readonly held: number;
  readonly releases: number;
}

interface GrantRow extends StoredGrant {
  readonly changed_in: number;
}

function clientOf({ id, name_zh, name_en, active, held, releases }: HeldClientRow): StoredClient {
  return { id, nameZh: name_zh, nameEn: name_en, active: Boolean(active), held: held !== 0, releases };
}

function grantOf({ id, client, department, status, terms }: GrantRow): StoredGrant {
  return { id, client, department, status, terms };
}

/** Version of the policy now. */
export async function readVersion(db: Knex): Promise<number> {
  return (await db<{ version: number }>('policy').first('version'))?.version ?? 0;
}

/** Reads everything, grants by pages with a turn of the event loop between them. @param db a transaction */
export async function readAll(db: Knex): Promise<Policy> {
  const version = await readVersion(db);
  const clients = (await db<HeldClientRow>('client').select()).map(clientOf);
  const grants: StoredGrant[] = [];
  for (let after = ''; ; after = grants.at(-1)?.id ?? '') {
    const rows = await db<GrantRow>('access_grant').where('id', '>', after).orderBy('id').limit(ROWS_READ);
    for (const row of rows) grants.push(grantOf(row));
    if (rows.length < ROWS_READ) break;
    await nextTurn();
  }
  return { version, clients: new Map(clients.map((client) => [client.id, client])), grants };
}

/**
 * Reads what changed after a version.
 * @param db a transaction
 * @returns null where everything must be read: the version went back, more changed than is read at once, or a
 *   version in between is named by no row, as when somebody changed a row by hand without saying so. That also
 *   happens where two changes of one row are read together
 */
export async function readChangesAfter(db: Knex, since: number): Promise<PolicyChanges | null> {
  const version = await readVersion(db);
  if (version < since) return null;
  const clients = await db<HeldClientRow>('client')
    .where('changed_in', '>', since)
    .limit(ROWS_READ + 1);
  const grants = await db<GrantRow>('access_grant')
    .where('changed_in', '>', since)
    .limit(ROWS_READ + 1);
  if (clients.length > ROWS_READ || grants.length > ROWS_READ) return null;
  const named = new Set([...clients, ...grants].map((row) => row.changed_in));
  for (let passed = since + 1; passed <= version; passed += 1) if (!named.has(passed)) return null;
  return { version, clients: clients.map(clientOf), grants: grants.map(grantOf) };
}

/** The grants of one application. */
export async function readGrantsOf(db: Knex, client: string): Promise<StoredGrant[]> {
  return (await db<GrantRow>('access_grant').where('client', client).orderBy('id')).map(grantOf);
}

function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  for (let from = 0; from < rows.length; from += ROWS_WRITTEN) yield rows.slice(from, from + ROWS_WRITTEN);
}

/**
 * Adds or replaces applications and grants.
 * @param db a transaction. The version is raised before any row is touched: whoever changes the policy
 *   meanwhile waits for that row, so versions become visible in their order
 */
export async function writeAll(db: Knex, clients: readonly Client[], grants: readonly Grant[]): Promise<void> {
  await db('policy').increment('version', 1);
  const changed_in = await readVersion(db);
  for (const some of chunks(clients)) {
    const rows = some.map(
      ({ id, nameZh, nameEn, active }): ClientRow => ({ id, name_zh: nameZh, name_en: nameEn, active, changed_in }),
    );
    await db('client').insert(rows).onConflict('id').merge();
  }
  for (const some of chunks(grants)) {
    const rows = some.map((grant): GrantRow => ({ ...storedGrant(grant), changed_in }));
    await db('access_grant').insert(rows).onConflict('id').merge();
  }
}

/** Sets the status of a grant. @param db a transaction @returns whether there is such a grant */
export async function writeStatus(db: Knex, id: string, status: Grant['status']): Promise<boolean> {
  await db('policy').increment('version', 1);
  const changed_in = await readVersion(db);
  const changed = await db('access_grant').where({ id }).update({ status, changed_in });
  // Nobody has seen the version yet. Asking first whether there is one would lock the two rows in the other order.
  if (changed === 0) await db('policy').decrement('version', 1);
  return changed > 0;
}
