/**
 * Reminders (催办) of what a department has to look after by a day: one when the day is near, one when it has passed. One is
 * written with its message in one transaction, and of two processes that write the same one the first has it.
 */
import type { Knex } from 'knex';
import { answering } from './answering.js';
import { addMessages, type WebhookMessage } from './webhook-outbox.js';

/** What is due: an owner's part of an application for access, a task of department verification, a dispute, the documents of a commitment. */
export type RemindedOf = 'APPLICATION' | 'TASK' | 'DISPUTE' | 'COMMITMENT';

/** 临期提醒: the last day is near; 超期催办: it has passed. */
export type ReminderStage = 'NEAR' | 'PASSED';

/** Where a reminder is on its way. EXPIRED: given up after days of trying; NO_CHANNEL: the configuration names none for the department. */
export type ReminderState = 'QUEUED' | 'DELIVERED' | 'EXPIRED' | 'NO_CHANNEL';

/** A reminder. It names no person. */
export interface Reminder {
  /** UUID: the key by which a receiver tells a repetition (idempotency key). */
  readonly id: string;
  readonly of: RemindedOf;
  /** Identifier of what is due. */
  readonly subject: string;
  /** Who has to see to it. */
  readonly department: string;
  readonly stage: ReminderStage;
  /** The last day, `YYYY-MM-DD`. */
  readonly dueOn: string;
  /** When it was written, ms since the epoch. */
  readonly at: number;
  readonly state: ReminderState;
}

/** A message without what the outbox adds. */
type Message = Pick<WebhookMessage, 'url' | 'body'>;

/** The reminders of a control store. What fails throws; nothing of a reminder is then written. */
export interface Reminders {
  /**
   * Writes a reminder, unless there is one of that stage already.
   * @param make puts it into the record and makes its message, inside the transaction; null: nobody carries one
   * @returns whether it was written
   * @throws MianzhengError OVERLOADED where the store does not answer; what `make` throws
   */
  write(reminder: Omit<Reminder, 'state'>, make: () => Promise<Message | null>): Promise<boolean>;
  /** Reminders of some things of one kind, oldest first. @throws MianzhengError OVERLOADED as above */
  of(of: RemindedOf, subjects: readonly string[]): Promise<readonly Reminder[]>;
  /** What became of its message. An id that is not a reminder's changes nothing. */
  delivered(id: string, state: 'DELIVERED' | 'EXPIRED'): Promise<void>;
}

interface ReminderRow extends Omit<Reminder, 'of' | 'dueOn' | 'at'> {
  readonly kind: RemindedOf;
  readonly due_on: string;
  readonly at: number | string;
}

/** Creates the table where it is missing. */
export async function createReminderTable(db: Knex, exactly: (table: Knex.CreateTableBuilder) => void): Promise<void> {
  if (await db.schema.hasTable('reminder')) return;
  await db.schema.createTable('reminder', (table) => {
    exactly(table);
    table.string('id', 36).primary();
    table.string('kind', 16).notNullable();
    table.string('subject', 36).notNullable();
    table.string('department', 64).notNullable();
    table.string('stage', 8).notNullable();
    table.string('due_on', 10).notNullable();
    table.bigInteger('at').notNullable();
    table.string('state', 16).notNullable();
    table.unique(['kind', 'subject', 'department', 'stage']);
  });
}

const rows = (db: Knex) => db<ReminderRow>('reminder');

function reminderOf({ kind, due_on, at, ...rest }: ReminderRow): Reminder {
  return { ...rest, of: kind, dueOn: due_on, at: Number(at) };
}

/** The reminders of a store. */
export function reminders(db: Knex): Reminders {
  return {
    write: ({ of, dueOn, ...reminder }, make) =>
      // What stands in the record comes from a transaction that may still be given up: then it is tried again.
      answering(
        db.transaction(async (trx) => {
          const { id, subject, department, stage, at } = reminder;
          const key = { kind: of, subject, department, stage };
          // A statement that writes first, so that of two who write together one waits.
          await rows(trx)
            .insert({ ...reminder, kind: of, due_on: dueOn, state: 'NO_CHANNEL' })
            .onConflict(['kind', 'subject', 'department', 'stage'])
            .ignore();
          if ((await rows(trx).where(key).first('id'))?.id !== id) return false;
          const message = await make();
          if (message !== null) {
            await rows(trx).where({ id }).update({ state: 'QUEUED' });
            await addMessages(trx, [{ id, at, ...message }], at);
          }
          return true;
        }),
      ),
    of: async (of, subjects) =>
      subjects.length === 0
        ? []
        : (
            await answering(
              rows(db)
                .where({ kind: of })
                .whereIn('subject', [...subjects])
                .orderBy(['at', 'id']),
            )
          ).map(reminderOf),
    async delivered(id, state) {
      await rows(db).where({ id, state: 'QUEUED' }).update({ state });
    },
  };
}

/** Removes the reminders of things of one kind. @param db a transaction, before the things go @param subjects selects their identifiers */
export async function removeReminders(db: Knex, of: RemindedOf, subjects: Knex.QueryBuilder): Promise<void> {
  await rows(db).where({ kind: of }).whereIn('subject', subjects).delete();
}
