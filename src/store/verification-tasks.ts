/** Tasks of department verification (部门核验). A task is opened once for a case and a proof, and answered once. */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Json } from '../audit/entries.js';
import type { Finding, TaskAnswer, VerificationTask } from '../verifications/task.js';
import { answering } from './answering.js';
import {
  appendCaseEvents,
  type CaseEvent,
  type CaseKey,
  lockCase,
  placeCaseEvents,
  placeHeldEvents,
} from './case-events.js';
import type { CaseJournal } from './case-journal.js';
import { byCase, readTogether } from './read-together.js';
import { removeReminders } from './reminders.js';

/** A change of a task on its way into the record; nothing of it is kept where this throws. @returns its place there, `chain/seq`; undefined: it has none yet */
export type RecordTask = (
  action: 'task.open' | 'task.answer',
  task: VerificationTask,
  before: Json,
  after: Json,
) => Promise<string | undefined>;

/** A task to be opened. */
export type NewTask = Omit<VerificationTask, 'id' | 'client' | 'number' | 'matter' | 'answer'>;

/** Which tasks; all conditions must hold. */
export interface TaskFilter {
  /** Of these departments; empty: none. */
  readonly departments?: readonly string[];
  readonly matter?: string;
  readonly answered?: boolean;
  /** Not answered, and their last day was before this one, `YYYY-MM-DD`. */
  readonly overdueOn?: string;
  /** Answered, or their last day was not before this one, or they have none. */
  readonly notOverdueOn?: string;
}

/** The tasks of a control store. */
export interface VerificationTasks {
  /** Tasks of a case, oldest first. @throws MianzhengError OVERLOADED where the store does not answer */
  ofCase(key: CaseKey): Promise<readonly VerificationTask[]>;
  /**
   * Opens tasks of a case; one that is there already stays as it is.
   * @param request names the request that needs them; null where none does
   * @returns the case's tasks, those opened among them
   * @throws MianzhengError OVERLOADED as above, CASE_UNKNOWN; what `record` throws
   */
  open(
    of: CaseKey & { readonly matter: string },
    tasks: readonly NewTask[],
    request: string | null,
    record: RecordTask,
  ): Promise<readonly VerificationTask[]>;
  /**
   * Answers a task.
   * @returns the task as it is then; null where there is none, or it was answered before
   * @throws MianzhengError OVERLOADED as above; what `record` throws
   */
  answer(id: string, answer: TaskAnswer, record: RecordTask): Promise<VerificationTask | null>;
  /** One task; null where there is none. */
  find(id: string): Promise<VerificationTask | null>;
  /** A page of tasks, those due first before others, and how many fit in all. */
  list(
    filter: TaskFilter,
    page: { readonly offset: number; readonly most: number },
  ): Promise<{ readonly items: readonly VerificationTask[]; readonly total: number }>;
}

interface TaskRow {
  readonly id: string;
  readonly client: string;
  readonly number: string;
  readonly matter: string;
  readonly name: string;
  readonly proof: string;
  readonly department: string;
  readonly opened_at: number;
  readonly due_on: string | null;
  readonly finding: Finding | null;
  readonly reason: string | null;
  readonly answered_by: string | null;
  readonly answered_at: number | null;
}

/** Creates the table where it is missing. */
export async function createTaskTable(db: Knex, exactly: (table: Knex.CreateTableBuilder) => void): Promise<void> {
  if (await db.schema.hasTable('verification_task')) return;
  await db.schema.createTable('verification_task', (table) => {
    exactly(table);
    table.string('id', 36).primary();
    table.string('client', 64).notNullable();
    table.string('number', 64).notNullable();
    table.string('matter', 64).notNullable();
    table.string('name', 64).notNullable();
    table.string('proof', 32).notNullable();
    table.string('department', 64).notNullable();
    table.bigInteger('opened_at').notNullable();
    table.string('due_on', 10);
    table.string('finding', 16);
    table.string('reason', 500);
    table.string('answered_by', 64);
    table.bigInteger('answered_at');
    table.unique(['client', 'number', 'name']);
    table.index(['department', 'finding', 'due_on']);
  });
}

function taskOf(row: TaskRow): VerificationTask {
  const { id, client, number, matter, name, proof, department, finding, reason, answered_by, answered_at } = row;
  const answer = finding === null ? null : { finding, reason, by: answered_by ?? '', at: Number(answered_at) };
  const dated = { openedAt: Number(row.opened_at), dueOn: row.due_on };
  return { id, client, number, matter, name, proof, department, ...dated, answer };
}

const rows = (db: Knex) => db<TaskRow>('verification_task');

async function readOfCases(db: Knex, keys: readonly CaseKey[]): Promise<readonly (readonly VerificationTask[])[]> {
  const found = await rows(db)
    .whereIn(
      ['client', 'number'],
      keys.map(({ client, number }) => [client, number]),
    )
    .orderBy(['opened_at', 'name']);
  return byCase(keys, found.map(taskOf));
}

async function readOne(db: Knex, id: string): Promise<VerificationTask | null> {
  const row = await rows(db).where({ id }).first();
  return row === undefined ? null : taskOf(row);
}

function selected(db: Knex, { departments, matter, answered, overdueOn, notOverdueOn }: TaskFilter) {
  const query = rows(db);
  if (departments !== undefined) query.whereIn('department', [...departments]);
  if (matter !== undefined) query.where({ matter });
  if (answered === true) query.whereNotNull('finding');
  if (answered === false || overdueOn !== undefined) query.whereNull('finding');
  if (overdueOn !== undefined) query.where('due_on', '<', overdueOn);
  if (notOverdueOn !== undefined) {
    query.where(
      (either) => void either.whereNotNull('finding').orWhereNull('due_on').orWhere('due_on', '>=', notOverdueOn),
    );
  }
  return query;
}

/** A task with its answer, and the event that tells of it. */
export interface AnsweredTask {
  readonly task: VerificationTask;
  readonly event: CaseEvent;
}

/** What the record says of an answer. */
export const answerRecorded = ({ finding, reason, by }: TaskAnswer): Json => ({ finding, reason, by });

/** How long an answer given in the control plane is left to be recorded by it: a gateway does within a minute, whatever becomes of the request, ms. */
const HELD_MS = 600_000;

/**
 * Answers a task, and tells its case. Nobody is told before the change is recorded: whoever begins the transaction gives
 * the event its place.
 * @param db a transaction: whoever begins it records the change
 * @returns the task as it is then; null where there is none, its case is no longer kept, or it was answered before
 */
export async function answerTaskIn(db: Knex, id: string, answer: TaskAnswer): Promise<AnsweredTask | null> {
  const { finding, reason, by, at } = answer;
  // A statement that writes first, so that of two who answer together one waits.
  if ((await rows(db).where({ id }).update({ id })) === 0) return null;
  const open = await readOne(db, id);
  if (open === null || open.answer !== null || !(await lockCase(db, open))) return null;
  await rows(db).where({ id }).update({ finding, reason, answered_by: by, answered_at: at });
  const task: VerificationTask = { ...open, answer };
  const { client, number, matter, department } = task;
  const event: CaseEvent = {
    kind: 'TASK_ANSWERED',
    id: randomUUID(),
    client,
    number,
    matter,
    at,
    actor: `department:${department}`,
    requestId: null,
    record: null,
    task: id,
    department,
    answer: finding,
  };
  await appendCaseEvents(db, [event], { claimedUntil: at + HELD_MS });
  return { task, event };
}

/** The tasks of a control store. */
export function verificationTasks(db: Knex, journal: CaseJournal): VerificationTasks {
  const ofCase = readTogether((keys: readonly CaseKey[]) => readOfCases(db, keys));
  return {
    ofCase,
    async open({ client, number, matter }, tasks, request, record) {
      const at = Math.max(0, ...tasks.map(({ openedAt }) => openedAt));
      await journal.change(
        { client, number },
        (events) => {
          const known = new Set(events.flatMap((event) => (event.kind === 'TASK_OPENED' ? event.proof : [])));
          const opened = tasks
            .filter(({ proof }) => !known.has(proof))
            .map((task): VerificationTask => ({ ...task, id: randomUUID(), client, number, matter, answer: null }));
          const told = opened.map(
            ({ id, department, proof, dueOn }): CaseEvent => ({
              kind: 'TASK_OPENED',
              id: randomUUID(),
              client,
              number,
              matter,
              at,
              actor: `client:${client}`,
              requestId: request,
              record: null,
              task: id,
              department,
              proof,
              due: dueOn,
            }),
          );
          return {
            events: told,
            notices: [],
            async also(trx) {
              for (const [i, task] of opened.entries()) {
                const { name, proof, department, openedAt, dueOn } = task;
                const row = { id: task.id, client, number, matter, name, proof, department };
                await rows(trx).insert({ ...row, opened_at: openedAt, due_on: dueOn });
                const opening = { department, proof, case: number, matter, due: dueOn };
                await placeCaseEvents(trx, told.slice(i, i + 1), await record('task.open', task, null, opening));
              }
            },
          };
        },
        0,
      );
      return ofCase({ client, number });
    },
    async answer(id, answer, record) {
      // What stands in the record comes from a transaction that may still be given up: then it is tried again.
      return answering(
        db.transaction(async (trx) => {
          const answered = await answerTaskIn(trx, id, answer);
          if (answered === null) return null;
          const { task, event } = answered;
          const place = await record('task.answer', task, { finding: null }, answerRecorded(answer));
          if (place !== undefined) await placeHeldEvents(trx, [event.id], place);
          return task;
        }),
      );
    },
    find: (id) => answering(readOne(db, id)),
    async list(filter, { offset, most }) {
      const [counted] = (await answering(selected(db, filter).count({ n: '*' }))) as unknown as {
        readonly n: number;
      }[];
      // What has no last day comes last, on every database.
      const order = db.raw('CASE WHEN due_on IS NULL THEN 1 ELSE 0 END, due_on, opened_at, id');
      const found = await answering(selected(db, filter).orderByRaw(order).offset(offset).limit(most));
      return { items: found.map(taskOf), total: Number(counted?.n ?? 0) };
    },
  };
}

/** Removes the tasks of cases, and their reminders. @param db a transaction @param keys at most a few hundred */
export async function removeTasks(db: Knex, keys: readonly (readonly string[])[]): Promise<void> {
  const theirs = () =>
    db('verification_task').whereIn(
      ['client', 'number'],
      keys.map((key) => [...key]),
    );
  await removeReminders(db, 'TASK', theirs().select('id'));
  await theirs().delete();
}
