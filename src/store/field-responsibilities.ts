/** What departments vouch for of their fields (责任清单). */
import type { Knex } from 'knex';
import { type Dialect, exactly } from './exactly.js';

/** How often a field's data are brought up to date. */
export const FRESHNESS = ['REAL_TIME', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY', 'IRREGULAR'] as const;

/** What an owner vouches for of a field. */
export interface FieldResponsibility {
  readonly legalBasis: string | null;
  readonly freshness: (typeof FRESHNESS)[number] | null;
  readonly unit: string | null;
  readonly remark: string | null;
  readonly saidBy: string;
  /** ms since the epoch. */
  readonly saidAt: number;
}

/** Reads what was vouched for. */
export interface FieldResponsibilities {
  /** By coordinate. */
  all(): Promise<ReadonlyMap<string, FieldResponsibility>>;
}

/** Makes the table where it is missing. */
export async function createFieldResponsibilityTable(db: Knex, dialect: Dialect): Promise<void> {
  if (await db.schema.hasTable('field_responsibility')) return;
  await db.schema.createTable('field_responsibility', (table) => {
    exactly(table, dialect);
    table.string('coordinate', 200).primary();
    table.text('body').notNullable();
  });
}

interface Row {
  readonly coordinate: string;
  /** JSON. */
  readonly body: string;
}

async function read(db: Knex): Promise<ReadonlyMap<string, FieldResponsibility>> {
  const rows = (await db('field_responsibility')) as Row[];
  return new Map(rows.map(({ coordinate, body }) => [coordinate, JSON.parse(body) as FieldResponsibility]));
}

/** The responsibilities of a store. */
export function fieldResponsibilities(db: Knex): FieldResponsibilities {
  return { all: () => read(db) };
}

/** As `all`, for the length of a transaction. */
export function responsibilitiesIn(trx: Knex.Transaction): Promise<ReadonlyMap<string, FieldResponsibility>> {
  return read(trx);
}

/** Adds or replaces one. */
export async function putResponsibility(
  trx: Knex.Transaction,
  coordinate: string,
  said: FieldResponsibility,
): Promise<void> {
  await trx('field_responsibility')
    .insert({ coordinate, body: JSON.stringify(said) })
    .onConflict('coordinate')
    .merge();
}
