/**
 * Disputes of facts (校核) and the receipts that rest on them. Whose fact it is and every word that somebody wrote stand
 * sealed here (`src/disputes/seal.ts`); what can be searched by is a keyed pseudonym.
 */
import type { Knex } from 'knex';
import { type Dialect, exactly } from './exactly.js';

/** What the owner found: 数据有误，已更正; 数据无误. */
export type DisputeFinding = 'CORRECTED' | 'UPHELD';

/** State of a dispute: 核查中, 已答复, 已撤回. */
export type DisputeState = 'OPEN' | 'ANSWERED' | 'WITHDRAWN';

/** A dispute as it is stored. */
export interface StoredDispute {
  /** UUID. */
  readonly id: string;
  /** Coordinate of the fact, such as `Resident.name`. */
  readonly coordinate: string;
  /** Owner of the field. */
  readonly department: string;
  /** As in the schema's enum `SubjectKind`. */
  readonly kind: string;
  /** Pseudonym of the subject, as in the record. */
  readonly subject: string;
  /** Identifier of the subject, sealed. */
  readonly sealedId: string;
  /** Why, sealed. */
  readonly sealedReason: string;
  /** `CITIZEN`, or the application. */
  readonly raisedBy: string;
  /** The case it was raised in; null where a citizen raised it. */
  readonly caseNumber: string | null;
  /** ms since the epoch. */
  readonly raisedAt: number;
  readonly state: DisputeState;
  /** Null until it is answered. */
  readonly finding: DisputeFinding | null;
  /** The owner's words, sealed; null until it is answered. */
  readonly sealedAnswer: string | null;
  /** Who answered or withdrew it, as the record names them. */
  readonly closedBy: string | null;
  /** ms since the epoch. */
  readonly closedAt: number | null;
}

/** Which disputes; what is left out does not matter. */
export interface DisputeQuery {
  readonly state?: DisputeState;
  /** Owners; none of them: nothing is found. */
  readonly departments?: readonly string[];
  readonly coordinate?: string;
  /** Pseudonym. */
  readonly subject?: string;
  /** Raised by this application in this case. */
  readonly client?: string;
  readonly caseNumber?: string;
  /** Raised before, ms since the epoch. */
  readonly raisedBefore?: number;
}

/** A receipt that rests on a disputed fact. */
export interface AffectedReceipt {
  /** Its `jti`. */
  readonly receipt: string;
  readonly client: string;
  readonly caseNumber: string;
  readonly matter: string;
}

/** The disputes of a store. */
export interface DisputeStore {
  /** Rises with every change. */
  version(): Promise<number>;
  /** Open disputes, and those corrected since, ms since the epoch. */
  inForce(correctedSince: number): Promise<readonly StoredDispute[]>;
  /** @param trx the transaction that asks; SQLite has no other connection meanwhile */
  find(id: string, trx?: Knex.Transaction): Promise<StoredDispute | null>;
  /** Latest first. */
  list(query: DisputeQuery, most: number, offset?: number): Promise<readonly StoredDispute[]>;
  /** @param trx as above */
  count(query: DisputeQuery, trx?: Knex.Transaction): Promise<number>;
  /** Adds a dispute. @returns false, and nothing is added, where one of the same fact of the same subject is open */
  raise(trx: Knex.Transaction, dispute: StoredDispute): Promise<boolean>;
  /** Answers or withdraws one that is open. @returns whether it was open */
  close(
    trx: Knex.Transaction,
    id: string,
    change: Pick<StoredDispute, 'state' | 'finding' | 'sealedAnswer' | 'closedBy' | 'closedAt'>,
  ): Promise<boolean>;
  /** Disputes raised before an instant whose receipts this machine has not looked for. */
  unsearched(machine: string, raisedBefore: number, most: number): Promise<readonly StoredDispute[]>;
  /** The machine found these receipts, which are all that its record has; once. */
  searched(machine: string, id: string, found: readonly AffectedReceipt[]): Promise<void>;
  /** Machines that have looked for the receipts of a dispute. */
  searchedBy(id: string): Promise<readonly string[]>;
  /** Receipts found for a dispute. */
  receiptsOf(id: string): Promise<readonly AffectedReceipt[]>;
  /** Answered disputes whose offices were not told yet. */
  untold(most: number): Promise<readonly StoredDispute[]>;
  /** They were told. */
  told(id: string): Promise<void>;
  /** Disputes that a receipt rests on. */
  ofReceipt(receipt: string): Promise<readonly Pick<StoredDispute, 'state' | 'finding'>[]>;
}

interface DisputeRow {
  readonly id: string;
  readonly coordinate: string;
  readonly department: string;
  readonly kind: string;
  readonly subject: string;
  readonly sealed_id: string;
  readonly sealed_reason: string;
  readonly raised_by: string;
  readonly case_number: string | null;
  readonly raised_at: number | string;
  readonly state: DisputeState;
  readonly finding: DisputeFinding | null;
  readonly sealed_answer: string | null;
  readonly closed_by: string | null;
  readonly closed_at: number | string | null;
  /** Subject and coordinate while it is open, its own id after: no two open ones are of one fact. */
  readonly of_fact: string;
  /** 1 once the offices of its receipts were told of the answer. */
  readonly told: number;
}

function disputeOf(row: DisputeRow): StoredDispute {
  return {
    id: row.id,
    coordinate: row.coordinate,
    department: row.department,
    kind: row.kind,
    subject: row.subject,
    sealedId: row.sealed_id,
    sealedReason: row.sealed_reason,
    raisedBy: row.raised_by,
    caseNumber: row.case_number,
    raisedAt: Number(row.raised_at),
    state: row.state,
    finding: row.finding,
    sealedAnswer: row.sealed_answer,
    closedBy: row.closed_by,
    closedAt: row.closed_at === null ? null : Number(row.closed_at),
  };
}

/** Creates the tables where they do not exist. */
export async function createDisputeTables(db: Knex, dialect: Dialect): Promise<void> {
  if (!(await db.schema.hasTable('dispute'))) {
    await db.schema.createTable('dispute', (table) => {
      exactly(table, dialect);
      table.string('id', 36).primary();
      table.string('coordinate', 150).notNullable();
      table.string('department', 64).notNullable();
      table.string('kind', 16).notNullable();
      table.string('subject', 64).notNullable();
      table.string('sealed_id', 200).notNullable();
      table.text('sealed_reason').notNullable();
      table.string('raised_by', 64).notNullable();
      table.string('case_number', 64);
      table.bigInteger('raised_at').notNullable();
      table.string('state', 16).notNullable();
      table.string('finding', 16);
      table.text('sealed_answer');
      table.string('closed_by', 200);
      table.bigInteger('closed_at');
      table.string('of_fact', 230).notNullable().unique();
      table.integer('told').notNullable();
      table.index(['state', 'closed_at']);
    });
  }
  if (!(await db.schema.hasTable('dispute_version'))) {
    await db.schema.createTable('dispute_version', (table) => {
      exactly(table, dialect);
      table.integer('id').primary();
      table.integer('version').notNullable();
    });
    await db('dispute_version').insert({ id: 1, version: 1 });
  }
  if (!(await db.schema.hasTable('dispute_search'))) {
    await db.schema.createTable('dispute_search', (table) => {
      exactly(table, dialect);
      table.string('dispute', 36).notNullable();
      table.string('machine', 64).notNullable();
      table.primary(['dispute', 'machine']);
    });
  }
  if (!(await db.schema.hasTable('dispute_receipt'))) {
    await db.schema.createTable('dispute_receipt', (table) => {
      exactly(table, dialect);
      table.string('receipt', 64).notNullable();
      table.string('dispute', 36).notNullable();
      table.string('client', 64).notNullable();
      table.string('case_number', 64).notNullable();
      table.string('matter', 64).notNullable();
      table.primary(['receipt', 'dispute']);
    });
  }
}

function matching(db: Knex, query: DisputeQuery) {
  const { state, departments, coordinate, subject, client, caseNumber, raisedBefore } = query;
  const rows = db<DisputeRow>('dispute');
  if (state !== undefined) rows.where({ state });
  if (departments !== undefined) rows.whereIn('department', [...departments]);
  if (coordinate !== undefined) rows.where({ coordinate });
  if (subject !== undefined) rows.where({ subject });
  if (client !== undefined) rows.where({ raised_by: client });
  if (caseNumber !== undefined) rows.where({ case_number: caseNumber });
  if (raisedBefore !== undefined) rows.where('raised_at', '<', raisedBefore);
  return rows;
}

/** Rows of one INSERT. */
const AT_ONCE = 100;

/** The disputes of a control store. */
export function disputeStore(db: Knex): DisputeStore {
  return {
    async version() {
      return Number((await db<{ version: number }>('dispute_version').first('version'))?.version ?? 0);
    },
    async inForce(correctedSince) {
      const rows = await db<DisputeRow>('dispute')
        .where({ state: 'OPEN' })
        .orWhere((also) => {
          void also.where({ finding: 'CORRECTED' }).where('closed_at', '>=', correctedSince);
        });
      return rows.map(disputeOf);
    },
    async find(id, trx) {
      const row = await (trx ?? db)<DisputeRow>('dispute').where({ id }).first();
      return row === undefined ? null : disputeOf(row);
    },
    async list(query, most, offset = 0) {
      const order = [{ column: 'raised_at', order: 'desc' as const }, { column: 'id' }];
      return (await matching(db, query).select('*').orderBy(order).limit(most).offset(offset)).map((row) =>
        disputeOf(row as DisputeRow),
      );
    },
    async count(query, trx) {
      const [row] = (await matching(trx ?? db, query).count({ n: '*' })) as { readonly n: number }[];
      return Number(row?.n ?? 0);
    },
    async raise(trx, dispute) {
      const of_fact = `${dispute.subject} ${dispute.coordinate}`;
      const row: DisputeRow = {
        id: dispute.id,
        coordinate: dispute.coordinate,
        department: dispute.department,
        kind: dispute.kind,
        subject: dispute.subject,
        sealed_id: dispute.sealedId,
        sealed_reason: dispute.sealedReason,
        raised_by: dispute.raisedBy,
        case_number: dispute.caseNumber,
        raised_at: dispute.raisedAt,
        state: dispute.state,
        finding: dispute.finding,
        sealed_answer: dispute.sealedAnswer,
        closed_by: dispute.closedBy,
        closed_at: dispute.closedAt,
        of_fact,
        told: 0,
      };
      await trx('dispute_version').increment('version', 1);
      await trx('dispute').insert(row).onConflict('of_fact').ignore();
      return (await trx<DisputeRow>('dispute').where({ of_fact }).first('id'))?.id === dispute.id;
    },
    async close(trx, id, { state, finding, sealedAnswer, closedBy, closedAt }) {
      await trx('dispute_version').increment('version', 1);
      const closed = await trx('dispute').where({ id, state: 'OPEN' }).update({
        state,
        finding,
        sealed_answer: sealedAnswer,
        closed_by: closedBy,
        closed_at: closedAt,
        of_fact: id,
      });
      return closed > 0;
    },
    async unsearched(machine, raisedBefore, most) {
      const done = db('dispute_search').select('dispute').where({ machine });
      const rows: readonly DisputeRow[] = await db<DisputeRow>('dispute')
        .whereNotIn('id', done)
        .where('raised_at', '<', raisedBefore)
        .orderBy('raised_at')
        .limit(most);
      return rows.map(disputeOf);
    },
    searched: (machine, id, found) =>
      db.transaction(async (trx) => {
        const rows = found.map(({ receipt, client, caseNumber, matter }) => ({
          receipt,
          dispute: id,
          client,
          case_number: caseNumber,
          matter,
        }));
        for (let from = 0; from < rows.length; from += AT_ONCE) {
          const some = rows.slice(from, from + AT_ONCE);
          await trx('dispute_receipt').insert(some).onConflict(['receipt', 'dispute']).ignore();
        }
        await trx('dispute_search').insert({ dispute: id, machine }).onConflict(['dispute', 'machine']).ignore();
        // Who was told already has to be told of these.
        if (rows.length > 0) await trx('dispute').where({ id }).update({ told: 0 });
      }),
    async searchedBy(id) {
      const rows = await db<{ machine: string }>('dispute_search').where('dispute', id).orderBy('machine');
      return rows.map(({ machine }) => machine);
    },
    async receiptsOf(id) {
      const rows = await db<{ receipt: string; client: string; case_number: string; matter: string }>('dispute_receipt')
        .where('dispute', id)
        .orderBy('receipt');
      return rows.map(({ receipt, client, case_number, matter }) => ({
        receipt,
        client,
        caseNumber: case_number,
        matter,
      }));
    },
    async untold(most) {
      const rows: readonly DisputeRow[] = await db<DisputeRow>('dispute')
        .where({ state: 'ANSWERED', told: 0 })
        .orderBy('closed_at')
        .limit(most);
      return rows.map(disputeOf);
    },
    async told(id) {
      await db('dispute').where({ id }).update({ told: 1 });
    },
    async ofReceipt(receipt) {
      const rows = (await db('dispute_receipt')
        .join('dispute', 'dispute.id', 'dispute_receipt.dispute')
        .where('dispute_receipt.receipt', receipt)
        .select('dispute.state', 'dispute.finding')) as Pick<StoredDispute, 'state' | 'finding'>[];
      return rows.map(({ state, finding }) => ({ state, finding }));
    },
  };
}
