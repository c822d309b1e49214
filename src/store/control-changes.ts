/**
 * Changes made through the control plane. A change is written in the transaction that makes it, and then put into the
 * record: by the request that made it before it is answered, or, where the process died in between, by whichever
 * gateway takes it up.
 */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { ChangeRecord, Json } from '../audit/entries.js';
import { placeHeldEvents } from './case-events.js';
import { type Dialect, exactly } from './exactly.js';
import { dialectOf } from './steps.js';

/** Who changes something, in which request. */
export interface ChangeAuthor {
  readonly requestId: string;
  /** As the record names the person. */
  readonly actor: string;
  readonly roles: readonly string[];
  /** ms since the epoch. */
  readonly at: number;
}

/** A change as it stands in the store. */
export interface ControlChange extends ChangeAuthor, ChangeRecord {
  /** UUID. */
  readonly id: string;
  /** Place in the record, `chain/seq`; null until it stands there. */
  readonly recorded: string | null;
}

/** A change that was made. */
export interface NewChange extends ChangeRecord {
  /** UUID: of one that an event of a case tells, the event's, so that the event has its place in the record with it. Default: any. */
  readonly id?: string;
}

/** What a piece of work yields and changed. */
export interface Changed<T> {
  readonly result: T;
  /** In order; empty where nothing changed after all. */
  readonly changes: readonly NewChange[];
}

/** Changes made through the control plane. */
export interface ControlChanges {
  /**
   * Does work and writes down what it changed, in one transaction.
   * @param work must use the transaction for everything: SQLite has no other connection
   * @returns the changes with their identifiers, and the work's result
   */
  run<T>(
    author: ChangeAuthor,
    work: (trx: Knex.Transaction) => Promise<Changed<T>>,
  ): Promise<{ readonly result: T; readonly changes: readonly ControlChange[] }>;
  /** The changes stand in the record there, and so do the events of cases that tell them. */
  recorded(ids: readonly string[], position: string): Promise<void>;
  /** Takes up changes that are not in the record although their request should have ended, oldest first; others leave them alone for 30 s. */
  claim(now: number, most: number): Promise<readonly ControlChange[]>;
  /** Changes of one thing, latest first. @param subject as in {@link ChangeRecord} */
  of(subject: string, most: number): Promise<readonly ControlChange[]>;
}

/** How long a request, or who took a change up, has to put it into the record, ms. */
const CLAIM_MS = 30_000;

interface ChangeRow {
  readonly id: string;
  readonly request_id: string;
  readonly actor: string;
  readonly roles: string;
  readonly at: number | string;
  /** Place among the changes of the request. */
  readonly place: number;
  readonly action: string;
  readonly subject: string;
  /** JSON. */
  readonly state_before: string;
  readonly state_after: string;
  readonly claimed_until: number | string;
  /** Empty until it is recorded. */
  readonly recorded: string;
}

function changeOf(row: ChangeRow): ControlChange {
  return {
    id: row.id,
    requestId: row.request_id,
    actor: row.actor,
    roles: JSON.parse(row.roles) as string[],
    at: Number(row.at),
    action: row.action,
    subject: row.subject,
    before: JSON.parse(row.state_before) as Json,
    after: JSON.parse(row.state_after) as Json,
    recorded: row.recorded === '' ? null : row.recorded,
  };
}

/** Makes the table where it is missing. */
export async function createControlChangeTable(db: Knex, dialect: Dialect): Promise<void> {
  if (await db.schema.hasTable('control_change')) return;
  await db.schema.createTable('control_change', (table) => {
    exactly(table, dialect);
    table.string('id', 36).primary();
    table.string('request_id', 36).notNullable();
    table.string('actor', 200).notNullable();
    table.string('roles', 1000).notNullable();
    table.bigInteger('at').notNullable();
    table.integer('place').notNullable();
    table.string('action', 64).notNullable();
    table.string('subject', 200).notNullable();
    // A grant of 500 fields is longer than MySQL's TEXT may be with both its states.
    table.text('state_before', 'mediumtext').notNullable();
    table.text('state_after', 'mediumtext').notNullable();
    table.bigInteger('claimed_until').notNullable();
    table.string('recorded', 100).notNullable();
    table.index(['subject', 'at']);
    table.index(['recorded', 'at']);
  });
}

async function write(
  trx: Knex.Transaction,
  author: ChangeAuthor,
  changes: readonly NewChange[],
): Promise<ControlChange[]> {
  const rows = changes.map(
    ({ id = randomUUID(), action, subject, before, after }, place): ChangeRow => ({
      id,
      request_id: author.requestId,
      actor: author.actor,
      roles: JSON.stringify(author.roles),
      at: author.at,
      place,
      action,
      subject,
      state_before: JSON.stringify(before),
      state_after: JSON.stringify(after),
      claimed_until: author.at + CLAIM_MS,
      recorded: '',
    }),
  );
  for (let from = 0; from < rows.length; from += 50) await trx('control_change').insert(rows.slice(from, from + 50));
  return rows.map(changeOf);
}

/** The changes of a store. */
export function controlChanges(db: Knex): ControlChanges {
  return {
    run: (author, work) =>
      db.transaction(async (trx) => {
        // On SQLite who has read may not write once another process has written: it begins with what takes the lock.
        if (dialectOf(db) === 'sqlite') await trx('control_change').where({ id: '' }).update({ place: 0 });
        const { result, changes } = await work(trx);
        return { result, changes: await write(trx, author, changes) };
      }),
    async recorded(ids, position) {
      if (ids.length === 0) return;
      await db('control_change').whereIn('id', ids).update({ recorded: position });
      await placeHeldEvents(db, ids, position);
    },
    async claim(now, most) {
      const rows: readonly ChangeRow[] = await db<ChangeRow>('control_change')
        .where('recorded', '')
        .where('claimed_until', '<=', now)
        .orderBy(['at', 'request_id', 'place'])
        .limit(most);
      const claimed: ControlChange[] = [];
      for (const row of rows) {
        const taken = await db('control_change')
          .where({ id: row.id, recorded: '', claimed_until: row.claimed_until })
          .update({ claimed_until: now + CLAIM_MS });
        if (taken > 0) claimed.push(changeOf(row));
      }
      return claimed;
    },
    async of(subject, most) {
      const order = [
        { column: 'at', order: 'desc' as const },
        { column: 'place', order: 'desc' as const },
      ];
      const rows: readonly ChangeRow[] = await db<ChangeRow>('control_change')
        .where({ subject })
        .orderBy(order)
        .limit(most);
      return rows.map(changeOf);
    },
  };
}
