/** Applications for access (数据使用申请) as the store holds them. */
import type { Knex } from 'knex';
import type { Disclosure, SubjectScope } from '../authorize/rights.js';
import { type Dialect, exactly } from './exactly.js';

/** State of an application for access. */
export type ApplicationStatus = 'DRAFT' | 'SUBMITTED' | 'APPROVED' | 'PARTLY_APPROVED' | 'REFUSED' | 'WITHDRAWN';

/** A field of an application for access, and what became of it. */
export interface ApplicationItem {
  readonly coordinate: string;
  /** Its owner. */
  readonly department: string;
  readonly disclosure: Disclosure;
  readonly decision: 'PENDING' | 'APPROVED' | 'REFUSED';
  /** How it was granted; null where it was not. */
  readonly granted: Disclosure | null;
  readonly reason: string | null;
}

/** One owner's part. */
export interface ApplicationPart {
  readonly department: string;
  /** Working days it has by law. */
  readonly workingDays: number;
  /** Last of them, `YYYY-MM-DD`. */
  readonly dueOn: string;
  readonly decidedBy: string | null;
  /** ms since the epoch. */
  readonly decidedAt: number | null;
  /** The grant it made; null where it made none. */
  readonly grant: string | null;
  /** Last day by which data must flow, `YYYY-MM-DD`; null where nothing was approved. */
  readonly dataDueOn: string | null;
}

/** An application for access. */
export interface AccessApplication {
  /** UUID. */
  readonly id: string;
  /** The application system. */
  readonly client: string;
  readonly status: ApplicationStatus;
  readonly purpose: string;
  readonly matters: readonly string[];
  readonly legalBasis: string;
  readonly items: readonly ApplicationItem[];
  readonly regions: readonly string[];
  readonly subjects: SubjectScope;
  readonly maxHops: number;
  /** Absent or null: no bound. */
  readonly subjectsPerDay?: number | null;
  readonly validFrom: string;
  readonly validTo: string;
  readonly createdBy: string;
  /** ms since the epoch. */
  readonly createdAt: number;
  readonly submittedBy: string | null;
  readonly submittedAt: number | null;
  /** Empty for a draft. */
  readonly parts: readonly ApplicationPart[];
}

/** What administrators read of applications for access. */
export interface AccessApplications {
  /** All of them, oldest first. @param client of one application system */
  all(client?: string): Promise<readonly AccessApplication[]>;
  /** Those that some owner has not decided, oldest first. */
  submitted(): Promise<readonly AccessApplication[]>;
  find(id: string): Promise<AccessApplication | null>;
}

interface ApplicationRow {
  readonly id: string;
  readonly client: string;
  readonly status: string;
  readonly created_at: number | string;
  /** JSON of the whole. */
  readonly body: string;
}

const applicationOf = ({ body }: ApplicationRow): AccessApplication => JSON.parse(body) as AccessApplication;

/** Makes the table where it is missing. */
export async function createAccessApplicationTable(db: Knex, dialect: Dialect): Promise<void> {
  if (await db.schema.hasTable('access_application')) return;
  await db.schema.createTable('access_application', (table) => {
    exactly(table, dialect);
    table.string('id', 36).primary();
    table.string('client', 64).notNullable().index();
    table.string('status', 16).notNullable().index();
    table.bigInteger('created_at').notNullable().index();
    table.text('body', 'mediumtext').notNullable();
  });
}

async function findApplication(db: Knex, id: string): Promise<AccessApplication | null> {
  const row = (await db('access_application').where({ id }).first()) as ApplicationRow | undefined;
  return row === undefined ? null : applicationOf(row);
}

/** Applications for access of a store. */
export function accessApplications(db: Knex): AccessApplications {
  return {
    async all(client) {
      const query = db('access_application').orderBy(['created_at', 'id']);
      if (client !== undefined) void query.where({ client });
      return ((await query) as ApplicationRow[]).map(applicationOf);
    },
    async submitted() {
      const query = db('access_application').where({ status: 'SUBMITTED' }).orderBy(['created_at', 'id']);
      return ((await query) as ApplicationRow[]).map(applicationOf);
    },
    find: (id) => findApplication(db, id),
  };
}

/** One of them, for the length of a transaction; null where there is none. */
export function applicationIn(trx: Knex.Transaction, id: string): Promise<AccessApplication | null> {
  return findApplication(trx, id);
}

/** Adds or replaces one. */
export async function putApplication(trx: Knex.Transaction, application: AccessApplication): Promise<void> {
  const { id, client, status, createdAt } = application;
  const row: ApplicationRow = { id, client, status, created_at: createdAt, body: JSON.stringify(application) };
  await trx('access_application').insert(row).onConflict('id').merge();
}
