/**
 * The order in which events of cases may be told. An event is numbered when it stands in the record; numbers become
 * visible in their order, whichever process gives them, so that who has been told up to one of them has missed nothing.
 */
import type { Knex } from 'knex';
import { type AddedTo, addRows } from './add-rows.js';
import { type CaseEvent, type EventRow, eventsOf } from './case-events.js';
import type { Dialect } from './exactly.js';
import { runSteps, type Steps } from './steps.js';

/** An event that may be told. */
export interface ToldEvent {
  /** Its place in the order, from 1; not every number is given to an event. */
  readonly no: number;
  readonly event: CaseEvent;
}

/** Events read in one go. */
export interface ToldPage {
  /** In order; one whose case is no longer kept is left out. */
  readonly events: readonly ToldEvent[];
  /** The greatest number read; null where there was none. */
  readonly last: number | null;
  /** Whether there may be more after it. */
  readonly full: boolean;
}

const TABLE: AddedTo = { table: 'told_event', columns: ['no', 'id', 'client'], key: ['id'] };

/** Creates the tables where they are missing. Events of an earlier version stay without a number: nobody is told of them. */
export async function createToldEventTables(
  db: Knex,
  exactly: (table: Knex.CreateTableBuilder) => void,
): Promise<void> {
  if (!(await db.schema.hasTable('told_event'))) {
    await db.schema.createTable('told_event', (table) => {
      exactly(table);
      table.bigInteger('no').primary();
      table.string('id', 36).notNullable().unique();
      table.string('client', 64).notNullable();
      table.index(['client', 'no']);
    });
  }
  if (!(await db.schema.hasTable('told_number'))) {
    await db.schema.createTable('told_number', (table) => {
      exactly(table);
      table.integer('id').primary();
      table.bigInteger('last').notNullable();
    });
  }
  await db('told_number').insert({ id: 1, last: 0 }).onConflict('id').ignore();
}

/**
 * Numbers events that stand in the record, in the order given; one that has a number keeps it. The last thing that a
 * transaction does: until it ends no other numbers any.
 */
export function* addNumbers(
  dialect: Dialect,
  events: readonly Pick<CaseEvent, 'id' | 'client'>[],
): Steps<{ readonly last: number }, void> {
  if (events.length === 0) return;
  // Whoever has changed this row holds it to the end of its transaction: numbers are committed in their order.
  yield { sql: 'UPDATE told_number SET last = last + ? WHERE id = 1', bindings: [events.length], reads: false };
  const { rows } = yield { sql: 'SELECT last FROM told_number WHERE id = 1', bindings: [], reads: true };
  const first = Number(rows[0]?.last ?? 0) - events.length + 1;
  yield* addRows(
    dialect,
    TABLE,
    events.map(({ id, client }, i) => [first + i, id, client]),
  );
}

/** The same in a transaction of the caller's. @param db the transaction */
export function numberEvents(db: Knex, events: readonly Pick<CaseEvent, 'id' | 'client'>[]): Promise<void> {
  return runSteps(db, (dialect) => addNumbers(dialect, events));
}

/** The greatest number given so far; 0 before the first. */
export async function lastNumber(db: Knex): Promise<number> {
  const row = (await db('told_number').where('id', 1).first('last')) as { readonly last: number } | undefined;
  return Number(row?.last ?? 0);
}

/** The number of an event of this application; null where it has none. */
export async function numberOf(db: Knex, client: string, id: string): Promise<number | null> {
  const row = (await db('told_event').where({ id, client }).first('no')) as { readonly no: number } | undefined;
  return row === undefined ? null : Number(row.no);
}

/** Events after a number. @param most how many at most @param clients those of these applications' cases; default: all */
export async function readTold(db: Knex, after: number, most: number, clients?: readonly string[]): Promise<ToldPage> {
  const numbers = db('told_event').where('no', '>', after).orderBy('no').limit(most);
  const told = (await (clients === undefined ? numbers : numbers.whereIn('client', [...clients])).select(
    'no',
    'id',
  )) as {
    readonly no: number;
    readonly id: string;
  }[];
  const greatest = told.at(-1);
  if (greatest === undefined) return { events: [], last: null, full: false };
  const rows = await db<EventRow>('case_event').whereIn(
    'id',
    told.map(({ id }) => id),
  );
  const byId = new Map((await eventsOf(db, rows)).map((event) => [event.id, event]));
  const events = told.flatMap(({ no, id }) => {
    const event = byId.get(id);
    return event === undefined ? [] : [{ no: Number(no), event }];
  });
  return { events, last: Number(greatest.no), full: told.length === most };
}
