/**
 * Applications and grants as administrators ask for and change them. What changes something takes the transaction of
 * {@link import('./control-changes.js').ControlChanges.run}.
 */
import type { Knex } from 'knex';
import type { Grant } from '../authorize/rights.js';
import { type ClientEvent, writeHold } from './client-events.js';
import { type Client, readGrant, type StoredClient, type StoredGrant } from './policy.js';
import { writeAll } from './policy-tables.js';

/** An event with its place in the record. */
export interface RecordedClientEvent extends ClientEvent {
  /** `chain/seq`; null until it stands there. */
  readonly recorded: string | null;
}

/** Which grants; all that is given must hold. */
export interface GrantSelection {
  readonly client?: string;
  readonly status?: readonly Grant['status'][];
  /** Signed by one of these. */
  readonly departments?: readonly string[];
}

/** Which events; all that is given must hold. */
export interface EventSelection {
  readonly kinds?: readonly ClientEvent['kind'][];
  readonly clients?: readonly string[];
}

/** What administrators read of applications and grants. */
export interface Access {
  /** Applications by identifier. */
  clients(): Promise<readonly StoredClient[]>;
  client(id: string): Promise<StoredClient | null>;
  /** Grants by identifier; those whose terms nobody can read are left out, as they give nothing. */
  grants(selection: GrantSelection): Promise<readonly Grant[]>;
  grant(id: string): Promise<Grant | null>;
  /** Events, latest first, and how many there are in all. @param from how many are passed over */
  events(
    selection: EventSelection,
    from: number,
    most: number,
  ): Promise<{ readonly items: readonly RecordedClientEvent[]; readonly total: number }>;
  /** The latest event of each application that has any. */
  latestEvents(): Promise<ReadonlyMap<string, RecordedClientEvent>>;
}

interface ClientRow {
  readonly id: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly active: unknown;
  readonly held: unknown;
  readonly releases: number;
}

interface EventRow extends Omit<ClientEvent, 'at'> {
  readonly at: number | string;
  readonly recorded: string;
}

function clientOf({ id, name_zh, name_en, active, held, releases }: ClientRow): StoredClient {
  return { id, nameZh: name_zh, nameEn: name_en, active: Boolean(active), held: Boolean(held), releases };
}

function eventOf({ id, kind, client, at, actor, reason, alarm, recorded }: EventRow): RecordedClientEvent {
  return { id, kind, client, at: Number(at), actor, reason, alarm, recorded: recorded === '' ? null : recorded };
}

function grantOf({ id, client, department, status, terms }: StoredGrant): Grant[] {
  try {
    return [readGrant({ id, client, department, status, terms })];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

async function findClient(db: Knex, id: string): Promise<StoredClient | null> {
  const row = (await db('client').where({ id }).first()) as ClientRow | undefined;
  return row === undefined ? null : clientOf(row);
}

async function findGrant(db: Knex, id: string): Promise<Grant | null> {
  const row = (await db('access_grant').where({ id }).first()) as StoredGrant | undefined;
  return row === undefined ? null : (grantOf(row)[0] ?? null);
}

/** What administrators read of a store. */
export function access(db: Knex): Access {
  const chosen = ({ kinds, clients }: EventSelection) => {
    const query = db('client_event');
    if (kinds !== undefined) void query.whereIn('kind', kinds);
    if (clients !== undefined) void query.whereIn('client', clients);
    return query;
  };
  return {
    clients: async () => ((await db('client').orderBy('id')) as ClientRow[]).map(clientOf),
    client: (id) => findClient(db, id),
    async grants({ client, status, departments }) {
      const query = db('access_grant').orderBy('id');
      if (client !== undefined) void query.where({ client });
      if (status !== undefined) void query.whereIn('status', status);
      if (departments !== undefined) void query.whereIn('department', departments);
      return ((await query) as StoredGrant[]).flatMap(grantOf);
    },
    grant: (id) => findGrant(db, id),
    async events(selection, from, most) {
      const counted = await chosen(selection).count({ events: '*' }).first();
      const order = [
        { column: 'at', order: 'desc' as const },
        { column: 'id', order: 'asc' as const },
      ];
      const rows = (await chosen(selection).select().orderBy(order).offset(from).limit(most)) as EventRow[];
      return { items: rows.map(eventOf), total: Number(counted?.events ?? 0) };
    },
    async latestEvents() {
      const newest = db('client_event').select('client').max('at as at').groupBy('client').as('newest');
      const rows = (await db('client_event as event')
        .join(newest, (on) => on.on('event.client', 'newest.client').on('event.at', 'newest.at'))
        .select('event.*')) as EventRow[];
      return new Map(rows.map((row) => [row.client, eventOf(row)]));
    },
  };
}

/** Takes the row that all who change the policy take first, so that what is read afterwards stays as it is. */
export async function lockPolicy(trx: Knex.Transaction): Promise<void> {
  await trx('policy').increment('version', 0);
}

/** An application; null where there is none. */
export function clientIn(trx: Knex.Transaction, id: string): Promise<StoredClient | null> {
  return findClient(trx, id);
}

/** A grant; null where there is none. */
export function grantIn(trx: Knex.Transaction, id: string): Promise<Grant | null> {
  return findGrant(trx, id);
}

/** Adds or replaces an application; a hold stays as it is. */
export function putClient(trx: Knex.Transaction, client: Client): Promise<void> {
  return writeAll(trx, [client], []);
}

/** Adds or replaces a grant. */
export function putGrant(trx: Knex.Transaction, grant: Grant): Promise<void> {
  return writeAll(trx, [], [grant]);
}

/** Holds or releases an application. @returns whether that changed its state */
export function putHold(trx: Knex.Transaction, event: ClientEvent): Promise<boolean> {
  return writeHold(trx, event);
}
