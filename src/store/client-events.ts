/**
 * What happened to an application beside its requests: alarms, holds, releases. An event is written here first, by a
 * gateway or by a person at the command line, and then put into the record by whichever gateway takes it up.
 */
import type { Knex } from 'knex';
import { readVersion } from './policy-tables.js';

/** An event. */
export interface ClientEvent {
  /** UUID. */
  readonly id: string;
  readonly kind: 'ALARM' | 'HOLD' | 'RELEASE';
  /** The application. */
  readonly client: string;
  /** When it happened, ms since the epoch. */
  readonly at: number;
  /** Who did it; null: the gateway. */
  readonly actor: string | null;
  /** Why, in the words of who did it; null where the gateway did. */
  readonly reason: string | null;
  /** JSON text of the alarm; null for other kinds. */
  readonly alarm: string | null;
}

/** An application and whether it is on hold. */
export interface ClientState {
  readonly id: string;
  readonly nameZh: string;
  readonly active: boolean;
  readonly held: boolean;
  /** Its latest event; null where there is none. */
  readonly latest: ClientEvent | null;
}

/** What was taken up is taken up by another where it is not done after this, ms. */
const CLAIM_MS = 10_000;

interface EventRow extends ClientEvent {
  /** Of two events with one key the first is kept. */
  readonly unique_key: string;
  readonly claimed_until: number;
  /** Place in the record, `chain/seq`; empty until it stands there. */
  readonly recorded: string;
}

function eventOf({ id, kind, client, at, actor, reason, alarm }: EventRow): ClientEvent {
  return { id, kind, client, at: Number(at), actor, reason, alarm };
}

async function insertEvent(db: Knex, event: ClientEvent, key: string): Promise<boolean> {
  const row: EventRow = { ...event, unique_key: key, claimed_until: 0, recorded: '' };
  await db('client_event').insert(row).onConflict('unique_key').ignore();
  return (await db<EventRow>('client_event').where({ unique_key: key }).first('id'))?.id === event.id;
}

/** Sets whether an application is on hold, as a change of the policy. @returns whether it was otherwise before */
async function setHeld(db: Knex, client: string, held: boolean): Promise<boolean> {
  // As in writeAll: first the version, which orders all who change the policy.
  await db('policy').increment('version', 1);
  const changed_in = await readVersion(db);
  const change = { held: held ? 1 : 0, changed_in, ...(held ? {} : { releases: db.raw('releases + 1') }) };
  const changed = await db('client')
    .where({ id: client, held: held ? 0 : 1 })
    .update(change);
  if (changed === 0) await db('policy').decrement('version', 1);
  return changed > 0;
}

/**
 * Writes an alarm, and holds the application where it says so.
 * @param db a transaction
 * @param key of alarms with one key the first is kept, and only it holds
 */
export async function writeAlarm(db: Knex, event: ClientEvent, hold: boolean, key: string): Promise<void> {
  // The version's row is the first that everybody locks.
  if (hold) await db('policy').increment('version', 0);
  if ((await insertEvent(db, event, key)) && hold) await setHeld(db, event.client, true);
}

/**
 * Holds or releases an application by a person's word.
 * @param db a transaction
 * @returns whether that changed its state; where not, there is no event either
 */
export async function writeHold(db: Knex, event: ClientEvent): Promise<boolean> {
  if (!(await setHeld(db, event.client, event.kind === 'HOLD'))) return false;
  return insertEvent(db, event, event.id);
}

/** Takes up events that are not in the record yet, oldest first. @param now ms since the epoch */
export async function claimEvents(db: Knex, now: number, most: number): Promise<readonly ClientEvent[]> {
  const rows = await db<EventRow>('client_event')
    .where('recorded', '')
    .where('claimed_until', '<=', now)
    .orderBy('at')
    .limit(most);
  const claimed: ClientEvent[] = [];
  for (const row of rows) {
    const taken = await db('client_event')
      .where({ id: row.id, recorded: '', claimed_until: row.claimed_until })
      .update({ claimed_until: now + CLAIM_MS });
    if (taken > 0) claimed.push(eventOf(row));
  }
  return claimed;
}

/** The event stands in the record. @param db a transaction @param position `chain/seq` */
export async function markRecorded(db: Knex, id: string, position: string): Promise<void> {
  await db('client_event').where({ id }).update({ recorded: position });
}

/** All applications, by identifier. */
export async function readClientStates(db: Knex): Promise<readonly ClientState[]> {
  const clients = await db<{ id: string; name_zh: string; active: unknown; held: unknown }>('client').orderBy('id');
  const latest = new Map<string, ClientEvent>();
  const newest = db('client_event').select('client').max('at as at').groupBy('client').as('newest');
  const rows = (await db('client_event as event')
    .join(newest, (on) => on.on('event.client', 'newest.client').on('event.at', 'newest.at'))
    .select('event.*')) as EventRow[];
  for (const row of rows) latest.set(row.client, eventOf(row));
  return clients.map(({ id, name_zh, active, held }) => ({
    id,
    nameZh: name_zh,
    active: Boolean(active),
    held: Boolean(held),
    latest: latest.get(id) ?? null,
  }));
}
